import type { Check, Finding, Observed } from './observed.ts';
import type { Outcome } from './outcome.ts';

/** `1 request`, `3 requests`. */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The status of what was refused before it ran. */
const REFUSED = 429;

const STATES: readonly (readonly [Outcome['state'], string])[] = [
  ['answered', 'answered'],
  ['partial', 'answered in part'],
  ['failed', 'failed'],
  ['pending', 'never settled'],
];

/** `9 answered, 1 never settled`. */
function outcomesInWords(outcomes: readonly Outcome[]): string {
  const parts = STATES.flatMap(([state, words]) => {
    const count = outcomes.filter((outcome) => outcome.state === state).length;
    return count === 0 ? [] : [outcomes.length === 1 ? words : `${count} ${words}`];
  });
  return parts.join(', ');
}

const all = ({ outcomes }: Observed, state: Outcome['state']): boolean =>
  outcomes.every((outcome) => outcome.state === state);

/** Every operation got its data, and no error. */
export const answered: Check = (observed) => ({
  met: all(observed, 'answered'),
  seen: outcomesInWords(observed.outcomes),
});

/** Every operation came to an end, in whatever way. */
export const settles: Check = ({ outcomes }) => ending(outcomes);

function ending(outcomes: readonly Outcome[]): Finding {
  const met = outcomes.every(({ state }) => state !== 'pending');
  const ended = outcomes.length === 1 ? 'ended' : `${outcomes.length} ended`;
  return { met, seen: met ? ended : outcomesInWords(outcomes) };
}

/** Every operation failed: there was nothing to be had. */
export const fails: Check = (observed) => ({
  met: all(observed, 'failed'),
  seen: outcomesInWords(observed.outcomes),
});

/** Data and error both reached the caller. */
export const keepsThePart: Check = (observed) => ({
  met: all(observed, 'partial'),
  seen: all(observed, 'partial') ? 'data and error' : outcomesInWords(observed.outcomes),
});

export function tokenCalls(expected: number): Check {
  return (observed) => ({
    met: observed.tokenCalls === expected,
    seen: counted(observed.tokenCalls, 'token call'),
  });
}

export function requests(expected: number): Check {
  return (observed) => ({
    met: observed.requests.length === expected,
    seen: counted(observed.requests.length, 'request'),
  });
}

/** Fewer requests than so many for each operation. */
export function requestsPerOperation(below: number): Check {
  return (observed) => {
    const each = observed.requests.length / observed.outcomes.length;
    return { met: each < below, seen: `${each.toFixed(2)} requests per operation` };
  };
}

/** No operation failed, no mutation ran twice, and no more requests than so many came. */
export function tally(mostRequests: number): Check {
  return ({ outcomes, requests: sent }) => {
    const failed = outcomes.filter(({ state }) => state !== 'answered').length;
    const twice = mutationsRunTwice(sent);
    return {
      met: failed === 0 && twice === 0 && sent.length <= mostRequests,
      seen: [
        `${failed} of ${outcomes.length} failed`,
        counted(sent.length, 'request'),
        ...(sent.some(isMutation) ? [`${counted(twice, 'mutation')} run twice`] : []),
      ].join(', '),
    };
  };
}

/** At least so many requests were refused: with fewer, this machine was too slow for the trouble to come. */
export function refusals(least: number): Check {
  return ({ requests: sent }) => {
    const count = sent.filter(({ status }) => status === REFUSED).length;
    return count >= least
      ? { met: true, seen: '' }
      : { met: false, seen: `not to be told: only ${count} refused`, decides: true };
  };
}

/** No more token calls than so many. */
export function tokenCallsAtMost(most: number): Check {
  return (observed) => ({
    met: observed.tokenCalls <= most,
    seen: counted(observed.tokenCalls, 'token call'),
  });
}

function isMutation({ operationType }: Observed['requests'][number]): boolean {
  return operationType === 'mutation';
}

/** Mutations, told apart by the name that they add, of which more than one request ran. */
function mutationsRunTwice(sent: Observed['requests']): number {
  const names = sent
    .filter((request) => isMutation(request) && request.status !== REFUSED)
    .map(({ variables }) => variables?.['name']);
  return new Set(names.filter((name, at) => names.indexOf(name) !== at)).size;
}

/** How often a root field ran on the server. */
export function ran(field: string, expected: number): Check {
  return ({ executions }) => {
    const times = executions[field] ?? 0;
    return { met: times === expected, seen: inTimes(times) };
  };
}

function inTimes(count: number): string {
  return ['did not run', 'ran once', 'ran twice'][count] ?? `ran ${count} times`;
}

/** The error of each operation has the server's own code for it. */
export function ownError(code: string): Check {
  return ({ outcomes }) => {
    if (outcomes.some(({ state }) => state === 'pending')) return ending(outcomes);
    const met = outcomes.every(({ codes }) => codes.includes(code));
    return { met, seen: met ? `its own ${code}` : 'an error of the refresh instead' };
  };
}

/** Nothing is sent before the instant that the server named. */
export const waits: Check = ({ tooEarly, requests: { length } }) =>
  tooEarly.length === 0
    ? { met: true, seen: length > 1 ? 'waited' : '' }
    : { met: false, seen: 'sent again too early', decides: true };

/** None of so many operations is sent while the server is closed. */
export function keepsBack(operations: number): Check {
  return ({ tooEarly }) => {
    const names = new Set(tooEarly.map(({ variables }) => variables?.['name']));
    const sent = Math.min(names.size, operations);
    return sent === 0
      ? { met: true, seen: 'none sent too early' }
      : { met: false, seen: `${sent} of ${operations} sent too early`, decides: true };
  };
}

/** Nothing is sent once the caller has given up. */
export const staysQuiet: Check = ({ afterwards }) => ({
  met: afterwards.length === 0,
  seen: afterwards.length === 0 ? 'nothing sent afterwards' : 'sent all the same',
});
