/** A field longer than this is not read (X4). */
const LONGEST = 8_192;

interface Member {
  /** The number of a dictionary member (`reset=30`). */
  readonly value: number | undefined;
  readonly parameters: ReadonlyMap<string, number | undefined>;
}

const SPACES = /[ \t]*/y;
const KEY = /[a-z*][a-z0-9_.*-]*/y;
const TOKEN = /[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*/y;
const STRING = /"(?:[^"\\]|\\["\\])*"/y;
const NUMBER = /-?\d{1,15}(?:\.\d{1,3})?/y;
const BYTES = /:[A-Za-z0-9+/=]*:/y;
const BOOLEAN = /\?[01]/y;

/**
 * Milliseconds until the `RateLimit` field lets requests through again, where it says that nothing is
 * left: `"default";r=0;t=30`, or `limit=100, remaining=0, reset=30` of draft 7. Of several exhausted
 * quotas the longest wait counts. A field with a syntax error is ignored whole (RFC 9651 4.2); names
 * that are tokens are let pass, since the draft's own examples have them.
 */
export function rateLimitWait(field: string | undefined): number | undefined {
  if (field === undefined || field.length > LONGEST) return undefined;
  const members = parse(field);
  if (members === undefined) return undefined;
  const waits: number[] = [];
  const named = (name: string): number | undefined => members.get(name)?.value;
  if (named('remaining') === 0) waits.push(named('reset') ?? -1);
  for (const { parameters } of members.values()) {
    if (parameters.get('r') === 0) waits.push(parameters.get('t') ?? -1);
  }
  const longest = Math.max(-1, ...waits.filter(Number.isInteger));
  return longest < 0 ? undefined : longest * 1_000;
}

/** Each sticky pattern moves forward over text it has matched, so the whole is linear. */
function parse(field: string): ReadonlyMap<string, Member> | undefined {
  const members = new Map<string, Member>();
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(field)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const bare = (): { readonly number: number | undefined } | undefined => {
    const number = take(NUMBER);
    if (number !== undefined) return { number: Number(number) };
    const other = take(STRING) ?? take(TOKEN) ?? take(BYTES) ?? take(BOOLEAN);
    return other === undefined ? undefined : { number: undefined };
  };
  take(SPACES);
  while (at < field.length) {
    const name = take(STRING) ?? take(TOKEN);
    if (name === undefined) return undefined;
    let value: number | undefined;
    if (field[at] === '=') {
      at += 1;
      const item = bare();
      if (item === undefined) return undefined;
      value = item.number;
    }
    const parameters = new Map<string, number | undefined>();
    while (field[at] === ';') {
      at += 1;
      take(SPACES);
      const key = take(KEY);
      if (key === undefined) return undefined;
      let parameter: { readonly number: number | undefined } | undefined = { number: undefined };
      if (field[at] === '=') {
        at += 1;
        parameter = bare();
        if (parameter === undefined) return undefined;
      }
      parameters.set(key, parameter.number);
    }
    // Two exhausted quotas may share a name in two partitions: an index keeps both.
    members.set(value === undefined ? `${members.size} ${name}` : name, { value, parameters });
    take(SPACES);
    if (at === field.length) return members;
    if (field[at] !== ',') return undefined;
    at += 1;
    take(SPACES);
    if (at === field.length) return undefined;
  }
  return members;
}
