import type { Awaitable, ClosedReason, Share, ShareChange, SharedTokens } from '@holdfast/core';
import { requireOptions } from './options.ts';

/** What {@link shareContract} takes. */
export interface ShareContractOptions {
  /**
   * Opens a share, as one more process would. Those that are given the same `store` agree with each other;
   * each test has a store of its own, which is empty.
   */
  create(store: string): Awaitable<Share>;
  /** Called with each share when its test is over. */
  close?(share: Share): Awaitable<void>;
  /**
   * The process of a share dies: from then on it says nothing, lets go of nothing and answers nobody. Absent:
   * nothing is tested of holders that die.
   */
  kill?(share: Share): Awaitable<void>;
  /** Puts something into the store that no share has written, over what is there. Absent: not tested. */
  spoil?(store: string): Awaitable<void>;
  /** The methods that the share does without. Default: none. */
  readonly without?: readonly ('lease' | 'closeUntil' | 'subscribe')[] | undefined;
  /** Milliseconds in which each test must have come to its end. Default 20,000. */
  readonly patience?: number | undefined;
}

/** One test: give it to a test runner of your choice. */
export interface ShareContractCase {
  readonly name: string;
  /** Rejects with an error that says what the share did wrong. */
  run(): Promise<void>;
}

type One = [Required<Share>];
type Two = [Required<Share>, Required<Share>];
type Three = [Required<Share>, Required<Share>, Required<Share>];

interface Test {
  readonly name: string;
  readonly needs?: readonly ('lease' | 'closeUntil' | 'subscribe' | 'kill' | 'spoil')[];
  run(stage: Stage): Promise<void>;
}

/**
 * The tests that any `Share` must pass, whatever it is built on: compare-and-set under races, a lease that dies
 * with its holder, late writers, nonsense in the store, changes that others hear. They know no test runner, need
 * nothing of Node and wait for conditions, never for time.
 *
 * @throws TypeError where `create` is no function, or another option is none or of another kind.
 *
 * @example
 * for (const { name, run } of shareContract({ create: (store) => myShare(store) })) {
 *   test(name, run);
 * }
 */
export function shareContract(options: ShareContractOptions): readonly ShareContractCase[] {
  if (typeof options?.create !== 'function') {
    throw new TypeError(
      `shareContract: create must be a function that opens a share, not ${typeof options?.create}.`,
    );
  }
  requireOptions(options, {
    create: 'function',
    close: 'function',
    kill: 'function',
    spoil: 'function',
    without: 'list',
    patience: 'number',
  });
  const absent: readonly string[] = options.without ?? [];
  const isAbsent = (need: string): boolean =>
    absent.includes(need) ||
    (options[need as 'spoil'] === undefined && ['spoil', 'kill'].includes(need));
  return TESTS.filter(({ needs = [] }) => !needs.some(isAbsent)).map((test) => ({
    name: test.name,
    async run() {
      const stage = new Stage(options);
      try {
        await stage.within(() => test.run(stage));
      } finally {
        await stage.end();
      }
    },
  }));
}

let stages = 0;

/** The shares of one test, and how it looks at them. */
class Stage {
  readonly #options: ShareContractOptions;
  readonly #store: string;
  readonly #opened: Share[] = [];
  readonly #leaves: (() => void)[] = [];
  readonly #patience: number;
  #isOver = false;

  constructor(options: ShareContractOptions) {
    this.#options = options;
    this.#patience = options.patience ?? 20_000;
    // Two runs against one server must not meet.
    this.#store = `contract-${Date.now().toString(36)}-${random(Date.now())}-${++stages}`;
  }

  /** One more share. The tests ask of it what the options say that it has. */
  async open(store: string = this.#store): Promise<Required<Share>> {
    const share = await this.#options.create(store);
    this.#opened.push(share);
    return share as Required<Share>;
  }

  async shares(count: number): Promise<Required<Share>[]> {
    const opened: Required<Share>[] = [];
    for (let number = 0; number < count; number++) opened.push(await this.open());
    return opened;
  }

  get otherStore(): string {
    return `${this.#store}-other`;
  }

  async spoil(): Promise<void> {
    await this.#options.spoil?.(this.#store);
  }

  async kill(share: Share): Promise<void> {
    await this.#options.kill?.(share);
  }

  /** Shares that have just come may have to find each other first: one that has read has done so. */
  async settle(...shares: readonly Share[]): Promise<void> {
    for (const share of shares) await share.read();
  }

  /** What a share tells from now on. */
  listen(share: Share): ShareChange[] {
    const heard: ShareChange[] = [];
    const leave = share.subscribe?.((change) => void heard.push(change));
    if (typeof leave !== 'function') fail('subscribe must answer a function that ends it.');
    this.#leaves.push(leave);
    return heard;
  }

  /** A share that does not answer fails; nothing waits for it. */
  async within(work: () => Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(broken(`After ${this.#patience} ms it has not answered everything.`));
      }, this.#patience);
    });
    try {
      await Promise.race([work(), late]);
    } finally {
      clearTimeout(timer);
      this.#isOver = true;
    }
  }

  /** Waits until a condition holds. */
  async until(what: string, condition: () => Awaitable<boolean>): Promise<void> {
    const end = performance.now() + this.#patience / 2;
    while (!this.#isOver && !(await condition())) {
      if (performance.now() > end) fail(`After ${this.#patience / 2} ms still: not ${what}.`);
      await pause();
    }
  }

  async end(): Promise<void> {
    for (const leave of this.#leaves) leave();
    for (const share of this.#opened) await this.#options.close?.(share);
  }
}

const TESTS: readonly Test[] = [
  {
    name: 'an empty store answers nothing, and takes what is stored over generation 0',
    async run(stage) {
      const [one, other] = (await stage.shares(2)) as Two;
      const empty = await one.read();
      if (empty !== undefined && empty.generation !== 0)
        fail('An empty store must be generation 0.', empty);
      same(await one.replace(1, numbered(2)), false, 'replace(1) over an empty store');
      same(await one.replace(0, numbered(1)), true, 'replace(0) over an empty store');
      holds(await other.read(), numbered(1));
    },
  },
  {
    name: 'what is stored comes back whole at every instance',
    async run(stage) {
      const [one, other] = (await stage.shares(2)) as Two;
      const values: SharedTokens[] = [
        {
          generation: 1,
          tokens: { accessToken: 'a', refreshToken: 'r', expiresAt: Date.now() + DAY },
        },
        { generation: 2, tokens: { accessToken: EVERY_CHARACTER.repeat(40) }, signOuts: 3 },
        { generation: 3, renewed: true, signOuts: 3 },
        { generation: 4, signOuts: 4 },
        { generation: 50, tokens: { accessToken: 'b', expiresAt: Date.now() - DAY }, signOuts: 5 },
      ];
      let expected = 0;
      for (const value of values) {
        same(await one.replace(expected, value), true, `replace(${expected})`);
        expected = value.generation;
        holds(await one.read(), value);
        holds(await other.read(), value);
      }
    },
  },
  {
    name: 'only over the generation that is stored is anything stored',
    async run(stage) {
      const [one, other] = (await stage.shares(2)) as Two;
      await one.replace(0, numbered(1));
      await one.replace(1, numbered(2));
      for (const expected of [0, 1, 3, 1_000]) {
        const late = { ...numbered(expected + 1), tokens: { accessToken: 'late' } };
        same(await other.replace(expected, late), false, `replace(${expected}) over generation 2`);
      }
      holds(await one.read(), numbered(2));
      holds(await other.read(), numbered(2));
    },
  },
  {
    name: 'a late writer loses, and reads what won',
    async run(stage) {
      const [late, other] = (await stage.shares(2)) as Two;
      await other.replace(0, numbered(1));
      const { generation = 0 } = (await late.read()) ?? {};
      await other.replace(1, numbered(2));
      await other.replace(2, numbered(3));
      const value = { generation: generation + 1, tokens: { accessToken: 'late' } };
      same(await late.replace(generation, value), false, 'the late replace');
      holds(await late.read(), numbered(3));
    },
  },
  {
    name: 'of many that store at once one wins, and all read that one',
    async run(stage) {
      const shares = await stage.shares(3);
      for (let generation = 0; generation < 8; generation++) {
        const tries = shares.flatMap((share, by) =>
          [`${by}-0`, `${by}-1`].map((name) => ({ share, name })),
        );
        const next = (name: string): SharedTokens => ({
          generation: generation + 1,
          tokens: { accessToken: `${generation}-${name}` },
        });
        const won = await Promise.all(
          tries.map(({ share, name }) => share.replace(generation, next(name))),
        );
        const winners = tries.filter((_, index) => won[index] === true);
        same(winners.length, 1, `winners of generation ${generation + 1}`);
        for (const share of shares) holds(await share.read(), next(winners[0]?.name ?? ''));
      }
    },
  },
  {
    name: 'the generation only grows, whoever stores and reads in whichever order',
    async run(stage) {
      const shares = await stage.shares(3);
      const winners = new Map<number, number>();
      for (let seed = 1; seed <= 3; seed++) {
        let chance = seed * 7_919;
        const draw = (below: number): number => (chance = random(chance)) % below;
        const act = async (share: Share): Promise<void> => {
          let seen = 0;
          for (let step = 0; step < 12; step++) {
            const { generation = 0 } = (await share.read()) ?? {};
            if (generation < seen)
              fail(`After generation ${seen} an instance has read ${generation}.`);
            seen = generation;
            for (let turn = draw(4); turn > 0; turn--) await Promise.resolve();
            const next = generation + 1 + draw(3);
            if (!(await share.replace(generation, numbered(next)))) continue;
            if (next <= generation) fail(`Generation ${next} was stored over ${generation}.`);
            winners.set(generation, (winners.get(generation) ?? 0) + 1);
          }
        };
        await Promise.all([...shares, ...shares].map(act));
      }
      const twice = [...winners].filter(([, count]) => count > 1);
      if (twice.length > 0) fail('More than one has stored over the same generation.', twice);
    },
  },
  {
    name: 'a sign-out by nothing at all counts on, so that nobody who is late undoes it',
    async run(stage) {
      const [one, other] = (await stage.shares(2)) as Two;
      await one.replace(0, numbered(1));
      same(await one.replace(1, undefined), true, 'replace(1, undefined)');
      const stored = await other.read();
      if (stored?.tokens !== undefined) fail('Tokens are there after replace(1, undefined).');
      if ((stored?.generation ?? 0) <= 1)
        fail('replace(1, undefined) must store a generation above 1.', stored);
      same(await other.replace(1, numbered(2)), false, 'a late replace(1)');
      same(await other.replace(0, numbered(1)), false, 'a late replace(0)');
    },
  },
  {
    name: 'stores of other names are other stores',
    async run(stage) {
      const [one] = (await stage.shares(1)) as One;
      const other = await stage.open(stage.otherStore);
      await one.replace(0, numbered(1));
      const read = await other.read();
      if (read !== undefined && read.generation > 0) fail('A store shows what another one holds.');
    },
  },
  {
    name: 'nonsense in the store is nothing, and is stored over',
    needs: ['spoil'],
    async run(stage) {
      const [before] = (await stage.shares(1)) as One;
      await before.replace(0, numbered(1));
      await stage.spoil();
      const [one, other] = (await stage.shares(2)) as Two;
      // Whether it says so by rejecting is left to the share; a sibling may know better than the store.
      const read = await settled(one.read());
      const { generation = 0 } = read ?? {};
      if (generation !== 0) holds(read, numbered(1));
      const next = numbered(generation + 1);
      // It may have stored, and say by rejecting what it has found: only a refusal stands in the way.
      if ((await settled(one.replace(generation, next))) === false)
        fail('Nonsense cannot be stored over.');
      holds(await other.read(), next);
      const last = numbered(generation + 2);
      same(await other.replace(generation + 1, last), true, 'the replace after that');
      holds(await one.read(), last);
    },
  },
  {
    name: 'the lease is one instance’s at a time, and everybody’s in the end',
    needs: ['lease'],
    async run(stage) {
      const shares = await stage.shares(3);
      let inside = 0;
      let most = 0;
      let done = 0;
      const work = async (): Promise<number> => {
        most = Math.max(most, ++inside);
        await pause();
        inside--;
        return ++done;
      };
      const worked = await Promise.all(
        [...shares, ...shares, ...shares].map((share) => share.lease(work)),
      );
      same(most, 1, 'holders at once');
      same(new Set(worked).size, 9, 'what lease() has answered');
    },
  },
  {
    name: 'whoever gets the lease reads what its last holder has stored',
    needs: ['lease'],
    async run(stage) {
      const shares = await stage.shares(3);
      const work = async (share: Share): Promise<void> => {
        const { generation = 0 } = (await share.read()) ?? {};
        same(
          await share.replace(generation, numbered(generation + 1)),
          true,
          'a replace under the lease',
        );
      };
      const all = [...shares, ...shares].map((share) => share.lease(() => work(share)));
      await Promise.all(all);
      same((await shares[0]?.read())?.generation, 6, 'the generation after six holders');
    },
  },
  {
    name: 'work that fails says so to its caller, and lets go of the lease',
    needs: ['lease'],
    async run(stage) {
      const [one, other] = (await stage.shares(2)) as Two;
      const failure = new Error('the work failed');
      const seen = await one
        .lease(() => Promise.reject(failure))
        .then(
          () => fail('lease() must reject where its work does.'),
          (error: unknown) => error,
        );
      if (seen !== failure) fail('lease() must reject with what its work rejected with.', seen);
      same(await other.lease(() => Promise.resolve('had')), 'had', 'the next lease');
    },
  },
  {
    name: 'a wait for the lease ends when its signal aborts, and leaves nothing behind',
    needs: ['lease'],
    async run(stage) {
      const [one, other, third] = (await stage.shares(3)) as Three;
      let letGo = (): void => {};
      const held = new Promise<void>((resolve) => (letGo = resolve));
      let has = (): void => {};
      const having = new Promise<void>((resolve) => (has = resolve));
      const first = one.lease(() => {
        has();
        return held;
      });
      await having;
      const controller = new AbortController();
      let late = false;
      const waiting = settled(
        other.lease(async () => {
          late = true;
        }, controller.signal),
      );
      await pause();
      controller.abort(new Error('wanted no more'));
      await waiting;
      letGo();
      await first;
      same(await third.lease(() => Promise.resolve('had')), 'had', 'a lease after that');
      if (late) fail('The work ran although its wait had been given up.');
    },
  },
  {
    name: 'the lease of a holder that dies is had by another',
    needs: ['lease', 'kill'],
    async run(stage) {
      const [dying, other] = (await stage.shares(2)) as Two;
      let has = (): void => {};
      const having = new Promise<void>((resolve) => (has = resolve));
      void settled(
        dying.lease(() => {
          has();
          return new Promise<void>(() => {});
        }),
      );
      await having;
      await stage.kill(dying);
      let had = false;
      void settled(other.lease(async () => void (had = true)));
      await stage.until('the lease had by another after its holder’s death', () => had);
    },
  },
  {
    name: 'what one stores the others hear, a sign-out too',
    needs: ['subscribe'],
    async run(stage) {
      const [one, other] = (await stage.shares(2)) as Two;
      const heard = stage.listen(other);
      const newest = (): SharedTokens | undefined =>
        heard
          .flatMap((change) => (change.type === 'tokens' && change.value ? [change.value] : []))
          .at(-1);
      await one.replace(0, numbered(1));
      await stage.until('generation 1 heard', () => newest()?.generation === 1);
      holds(newest(), numbered(1));
      await one.replace(1, numbered(2));
      await stage.until('generation 2 heard', () => newest()?.generation === 2);
      holds(newest(), numbered(2));
      await one.replace(2, { generation: 3, signOuts: 1 });
      await stage.until('the sign-out heard', () => newest()?.generation === 3);
      holds(newest(), { generation: 3, signOuts: 1 });
    },
  },
  {
    name: 'whoever has left hears nothing more',
    needs: ['subscribe'],
    async run(stage) {
      const [one, other] = (await stage.shares(2)) as Two;
      const left: ShareChange[] = [];
      const leave = other.subscribe((change) => void left.push(change));
      const heard = stage.listen(other);
      await one.replace(0, numbered(1));
      await stage.until('generation 1 heard', () => left.length > 0);
      leave();
      leave();
      const count = left.length;
      await one.replace(1, numbered(2));
      const isTold = (): boolean =>
        heard.some((change) => change.type === 'tokens' && change.value?.generation === 2);
      await stage.until('generation 2 heard by who has stayed', isTold);
      same(left.length, count, 'changes told after leaving');
    },
  },
  {
    name: 'a closed scope is told the others, with its reason and never an earlier instant',
    needs: ['subscribe', 'closeUntil'],
    async run(stage) {
      const [one, other] = (await stage.shares(2)) as Two;
      const heard = stage.listen(other);
      for (const reason of ['rate_limit', 'outage'] as const) {
        const scope = `https://api.example/${reason}?ü “quoted”`;
        const instant = Date.now() + 600_000;
        await one.closeUntil(scope, instant, reason);
        await stage.until(
          `the closed scope heard (${reason})`,
          () => closings(heard, scope).length > 0,
        );
        closes(closings(heard, scope)[0], instant, reason);
      }
    },
  },
  {
    name: 'closing a scope again never shortens it',
    needs: ['subscribe', 'closeUntil'],
    async run(stage) {
      const [one, other, third] = (await stage.shares(3)) as Three;
      const heard = stage.listen(other);
      await stage.settle(one, other, third);
      const instant = Date.now() + 600_000;
      await one.closeUntil('limited', instant, 'rate_limit');
      await stage.until('the closed scope heard', () => closings(heard, 'limited').length > 0);
      await one.closeUntil('limited', instant - 300_000, 'rate_limit');
      await third.closeUntil('limited', instant - 500_000, 'outage');
      await third.closeUntil('last', instant, 'rate_limit');
      await stage.until('the last scope heard', () => closings(heard, 'last').length > 0);
      // Who is told of an earlier instant later on may ignore it; who comes now knows the later one alone.
      const late = stage.listen(await stage.open());
      await stage.until(
        'the closed scope heard by who came late',
        () => closings(late, 'limited').length > 0,
      );
      closes(closings(late, 'limited').at(-1), instant, 'rate_limit');
      closes(closings(heard, 'limited').at(-1), instant, 'rate_limit');
    },
  },
  {
    name: 'whoever comes later hears of the scopes that are closed still',
    needs: ['subscribe', 'closeUntil'],
    async run(stage) {
      const [one] = (await stage.shares(1)) as One;
      stage.listen(one);
      await stage.settle(one);
      const instant = Date.now() + 600_000;
      await one.closeUntil('limited', instant, 'outage');
      const heard = stage.listen(await stage.open());
      await stage.until('the closed scope heard', () => closings(heard, 'limited').length > 0);
      closes(closings(heard, 'limited')[0], instant, 'outage');
    },
  },
];

/** Milliseconds. */
const DAY = 86_400_000;

/** All that a header field can hold (RFC 9110 5.5), line breaks in a store's own format among what it is not. */
const EVERY_CHARACTER: string = Array.from({ length: 0xff - 0x20 }, (_, index) => index + 0x21)
  .filter((code) => code < 0x7f || code > 0x9f)
  .map((code) => String.fromCharCode(code))
  .join('');

function numbered(generation: number): SharedTokens {
  return { generation, tokens: { accessToken: `t${generation}`, refreshToken: `r${generation}` } };
}

type Closing = Extract<ShareChange, { type: 'closed' }>;

function closings(heard: readonly ShareChange[], scope: string): Closing[] {
  return heard.filter(
    (change): change is Closing => change.type === 'closed' && change.scope === scope,
  );
}

/** An instant may be told a little later than it was given: by the time that the telling took. */
function closes(change: Closing | undefined, instant: number, reason: ClosedReason): void {
  const { until = 0 } = change ?? {};
  if (until < instant - 1) fail(`The scope was closed until ${instant}, and ${until} was told.`);
  if (until > instant + 30_000)
    fail(`The scope was closed until ${instant}, and ${until} was told.`);
  same(change?.reason, reason, 'the reason that was told');
}

/** Instants may have gone through another machine's clock: they are right to the minute. */
function holds(read: SharedTokens | undefined, wanted: SharedTokens): void {
  const plain = (value: SharedTokens | undefined): string => {
    const { generation = 0, tokens, renewed, signOuts = 0 } = value ?? {};
    const { accessToken, refreshToken } = tokens ?? {};
    return JSON.stringify({ generation, accessToken, refreshToken, renewed, signOuts });
  };
  if (plain(read) !== plain(wanted))
    fail(`${plain(wanted)} was stored, and ${plain(read)} was read.`);
  const [expires, meant] = [read?.tokens?.expiresAt, wanted.tokens?.expiresAt];
  if (
    (expires === undefined) !== (meant === undefined) ||
    Math.abs((expires ?? 0) - (meant ?? 0)) > 60_000
  ) {
    fail(`expiresAt was ${String(meant)}, and ${String(expires)} was read.`);
  }
}

function same(value: unknown, wanted: unknown, what: string): void {
  if (value !== wanted) fail(`${what}: ${String(value)}, not ${String(wanted)}.`);
}

function fail(message: string, ...values: readonly unknown[]): never {
  throw broken(message, ...values);
}

function broken(message: string, ...values: readonly unknown[]): Error {
  const shown = values.map((value) =>
    value instanceof Error ? String(value) : JSON.stringify(value),
  );
  return new Error(['The share does not keep the contract.', message, ...shown].join(' '));
}

/** What a promise came to, where it did not reject. */
function settled<T>(promise: Awaitable<T>): Promise<T | undefined> {
  return Promise.resolve(promise).catch(() => undefined);
}

/** Long enough for others to have their turn; nothing is said about time. */
function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 5));
}

/** Park and Miller's generator: the same steps in every run. */
function random(seed: number): number {
  return (((seed % 2_147_483_646) + 1) * 48_271) % 2_147_483_647;
}
