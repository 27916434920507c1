import { afterEach, describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import { waitHint } from '../../src/failure/hint.ts';

const now = Date.UTC(2026, 10, 21, 12);
const far = 1e15;
/** The instant that a `Date` names: a reset is measured against it, or against our clock where it names none. */
const httpDate = (date: string, clock: number): number | undefined => {
  const wait = waitHint({ 'x-ratelimit-reset': String(far), date }, clock);
  const at = wait === undefined ? undefined : far - wait;
  return at === clock && waitHint({ 'retry-after': date }, clock) === undefined ? undefined : at;
};
const env = (globalThis as unknown as { process: { env: Record<string, string | undefined> } })
  .process.env;
const zone = env['TZ'];

afterEach(() => {
  if (zone === undefined) delete env['TZ'];
  else env['TZ'] = zone;
});

describe('HTTP dates', () => {
  for (const tz of ['UTC', 'America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Kiritimati']) {
    it(`W2 all three forms are read as UTC on a machine in ${tz}`, () => {
      env['TZ'] = tz;
      const expected = Date.UTC(1994, 10, 6, 8, 49, 37);
      expect(httpDate('Sun, 06 Nov 1994 08:49:37 GMT', now)).toBe(expected);
      expect(httpDate('Sunday, 06-Nov-94 08:49:37 GMT', now)).toBe(expected);
      expect(httpDate('Sun Nov  6 08:49:37 1994', now)).toBe(expected);
    });
  }

  it('W2 an asctime day may have two digits', () => {
    expect(httpDate('Wed Nov 16 08:49:37 1994', now)).toBe(Date.UTC(1994, 10, 16, 8, 49, 37));
  });

  it('W2 a two-digit year more than 50 years ahead means the past', () => {
    const year = (digits: string): number | undefined => {
      const at = httpDate(`Saturday, 21-Nov-${digits} 12:00:00 GMT`, now);
      return at === undefined ? undefined : new Date(at).getUTCFullYear();
    };
    expect(year('26')).toBe(2026);
    expect(year('76')).toBe(2076);
    expect(httpDate('Saturday, 21-Nov-76 12:00:01 GMT', now)).toBe(
      Date.UTC(1976, 10, 21, 12, 0, 1),
    );
    expect(year('77')).toBe(1977);
    expect(year('99')).toBe(1999);
    expect(httpDate('Saturday, 21-Nov-10 12:00:00 GMT', Date.UTC(2090, 0, 1))).toBe(
      Date.UTC(2110, 10, 21, 12),
    );
  });

  it.each([
    'Mon, 30 Feb 2026 00:00:00 GMT',
    'Sun, 29 Feb 2026 00:00:00 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 +0200',
    'Sun, 06 Nov 1994 08:49:37 PST',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun,  06 Nov 1994 08:49:37 GMT',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun Nov 6 08:49:37 1994',
    'Sun Nov 06 08:49:37 1994 GMT',
    'Sunday, 31-Feb-94 08:49:37 GMT',
    'Sunday, 06-Nov-1994 08:49:37 GMT',
    '1994-11-06T08:49:37Z',
    '1994-11-06',
    '2, 7',
    '',
  ])('W2 %j is no HTTP-date', (value) => {
    expect(httpDate(value, now)).toBeUndefined();
  });

  it('W2 29 February of a leap year and a leap second are real', () => {
    expect(httpDate('Thu, 29 Feb 2024 00:00:00 GMT', now)).toBe(Date.UTC(2024, 1, 29));
    expect(httpDate('Sat, 31 Dec 2016 23:59:60 GMT', now)).toBe(Date.UTC(2017, 0, 1));
  });

  it('W2 the year 0050 is not 1950', () => {
    const at = httpDate('Sun, 06 Nov 0050 08:49:37 GMT', now);
    expect(new Date(at ?? 0).getUTCFullYear()).toBe(50);
  });

  it('W2 what toUTCString writes is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        const date = new Date(seconds * 1_000);
        expect(httpDate(date.toUTCString(), now)).toBe(seconds * 1_000);
      }),
    );
  });

  it('F1 any text is a date or nothing', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (value, at) => {
        const found = httpDate(value, at);
        expect(found === undefined || Number.isFinite(found)).toBe(true);
      }),
    );
  });
});
