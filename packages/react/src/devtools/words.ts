import type { ClosedReason, FailureSummary, StopReason } from '@holdfast/core';
import type { Lane, Span } from './history.ts';
import type { Figures } from './view.ts';

export const WAITS: Readonly<Record<Exclude<Span['kind'], 'attempt'>, string>> = {
  tokens: 'Waits for the first tokens',
  refresh: 'Waits for a token refresh',
  backoff: 'Waits between attempts',
  rate_limit: 'Waits for a rate limit',
  outage: 'Waits for an outage to end',
  offline: 'Waits for the network',
};

/** What has closed a scope. */
export const CLOSED: Readonly<Record<ClosedReason, string>> = {
  rate_limit: 'Rate limit',
  outage: 'Outage',
};

export const STOPPED: Readonly<Record<StopReason, string>> = {
  not_retryable: 'trying again would not help',
  attempts: 'all attempts were made',
  budget: 'the retry budget is spent',
  unsafe_mutation: 'a mutation that may have run is not sent again',
  deadline: 'its time was over',
  wait_too_long: 'the server asks for a longer wait than allowed',
  queue_full: 'too many operations wait already',
  outage: 'no answer came for as long as it may wait',
  session_failed: 'there is no valid token',
  signed_out: 'whoever began it has signed out',
  delivered_data: 'data had been delivered already',
  declined: 'the application declined',
  callback_failed: 'a callback of the application failed',
  aborted: 'it was aborted',
};

/** `query` goes without saying. */
export function laneLabel({ name, kind }: Pick<Lane, 'name' | 'kind'>): string {
  if (name === undefined || name === '') return `unnamed ${kind}`;
  return kind === 'query' ? name : `${name} (${kind})`;
}

/** @example failureWords({ kind: 'rate_limited', status: 429 }) // 'rate limited (429)' */
export function failureWords({ kind, status, code, partial }: FailureSummary): string {
  const numbers = [status, code].filter((part) => part !== undefined).join(', ');
  const words = kind.replaceAll('_', ' ') + (numbers === '' ? '' : ` (${numbers})`);
  return partial === true ? `${words} beside data` : words;
}

export function spanWords({ kind, attempt, generation }: Span): string {
  if (kind !== 'attempt') return WAITS[kind];
  const token = generation === undefined || generation === 0 ? '' : `, token ${generation}`;
  return `Attempt ${attempt ?? 1}${token}`;
}

/** How a span, an operation or a refresh came out. */
export function outcomeWords({
  to,
  outcome,
  failure,
}: Pick<Span, 'to' | 'outcome' | 'failure'>): string {
  if (to === undefined) return 'under way';
  if (outcome === undefined) return 'over';
  if (outcome === 'failure' && failure !== undefined) {
    return `${failure.partial === true ? 'partly failed' : 'failed'}: ${failureWords(failure)}`;
  }
  return { success: 'succeeded', failure: 'failed', cancelled: 'cancelled' }[outcome];
}

/** @example duration(1_234) // '1.2 s' */
export function duration(ms: number): string {
  if (ms < 995) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(Math.round(ms / 1000) / 60);
  const seconds = Math.round(ms / 1000) % 60;
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}

/** In whole seconds, for what counts down. */
export function countdown(ms: number): string {
  return ms <= 0
    ? 'now'
    : `in ${duration(Math.max(1, Math.ceil(ms / 1000)) * 1000).replace('.0', '')}`;
}

/** An instant as a log has it, ISO 8601. */
export function instantWords(instant: number): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString();
}

/** Seconds relative to now, as on the axis. */
export function relative(ms: number): string {
  return `-${(Math.max(0, ms) / 1000).toFixed(1)} s`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/**
 * The essential, in one sentence.
 *
 * @param which `last`: until now. `first`: since where the axis counts from.
 */
export function summary(
  figures: Figures,
  window: number,
  which: 'last' | 'first' = 'last',
): string {
  const { operations, requests, repeats, refreshes, limits, outages, failures } = figures;
  const parts = [
    count(operations, 'operation'),
    `${count(requests, 'request')}${repeats > 0 ? ` (${count(repeats, 'repeat')})` : ''}`,
    count(refreshes, 'token refresh', 'token refreshes'),
    ...(limits > 0 ? [count(limits, 'rate limit')] : []),
    ...(outages > 0 ? [count(outages, 'outage')] : []),
    `${failures.toLocaleString('en')} given up`,
  ];
  return `In the ${which} ${duration(window).replace('.0', '')}: ${parts.join(', ')}.`;
}

/** A text of at most so many characters: its middle is left out, and a sign says so. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const tail = Math.floor((most - 1) / 2);
  return `${characters.slice(0, most - 1 - tail).join('')}…${characters.slice(characters.length - tail).join('')}`;
}
