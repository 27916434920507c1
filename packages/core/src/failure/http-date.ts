const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const MONTH = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '([0-2]\\d):([0-5]\\d):([0-5]\\d|60)';

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const IMF_FIXDATE: RegExp = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\\d{2}) ${MONTH} (\\d{4}) ${TIME} GMT$`,
);
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const RFC850: RegExp = new RegExp(
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d{2})-${MONTH}-(\\d{2}) ${TIME} GMT$`,
);
/** `Sun Nov  6 08:49:37 1994`, which is UTC although it does not say so. */
const ASCTIME: RegExp = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (\\d{2}| \\d) ${TIME} (\\d{4})$`,
);

/**
 * An HTTP-date (RFC 9110 5.6.7) as epoch milliseconds, or `undefined` for anything else. All three forms
 * are UTC. Never `Date.parse`, which reads asctime in the machine's own zone and much besides that is no
 * HTTP-date (W2).
 *
 * @param now Epoch ms, for the century of a two-digit year.
 *
 * @example
 * httpDate('Sun, 06 Nov 1994 08:49:37 GMT', Date.now()); // 784111777000
 */
export function httpDate(value: string, now: number): number | undefined {
  if (value.length > 40) return undefined;
  let found = IMF_FIXDATE.exec(value);
  if (found) return instant(found[3], found[2], found[1], found.slice(4));
  found = ASCTIME.exec(value);
  if (found) return instant(found[6], found[1], found[2], found.slice(3, 6));
  found = RFC850.exec(value);
  return found ? shortYear(found, now) : undefined;
}

/**
 * The latest year with these two digits that is not more than 50 years ahead: what seems further ahead
 * means the past (RFC 9110 5.6.7).
 */
function shortYear(found: RegExpExecArray, now: number): number | undefined {
  const today = new Date(now);
  const limit = new Date(now).setUTCFullYear(today.getUTCFullYear() + 50);
  const century = Math.floor(today.getUTCFullYear() / 100);
  for (const hundreds of [century + 1, century, century - 1]) {
    const at = instant(`${hundreds}${found[3]}`, found[2], found[1], found.slice(4));
    if (at !== undefined && at <= limit) return at;
  }
  return undefined;
}

function instant(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  time: readonly string[],
): number | undefined {
  const [hour = 0, minute = 0, second = 0] = time.map(Number);
  const monthIndex = MONTHS.indexOf(month ?? '') / 3;
  const date = new Date(0);
  // Not Date.UTC: it takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(Number(year), monthIndex, Number(day));
  const isReal = date.getUTCMonth() === monthIndex && date.getUTCDate() === Number(day);
  return isReal && hour < 24 ? date.setUTCHours(hour, minute, second) : undefined;
}
