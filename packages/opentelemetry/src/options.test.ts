import { metrics } from '@opentelemetry/api';
import { createResilience } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { instrument } from './index.ts';
import type { InstrumentOptions } from './index.ts';

it.each([
  [{ meter: {} }, 'meter must be a Meter of @opentelemetry/api, or left out, not an object.'],
  [{ tracer: null }, 'tracer must be a Tracer of @opentelemetry/api, or left out, not null.'],
  [{ name: '' }, 'name must be a text of at least one character, or left out, not "".'],
  [{ name: 7 }, 'name must be a text of at least one character, or left out, not 7.'],
  [{ metre: {} }, 'each option must be one of meter, tracer, name, not "metre".'],
  [null, 'options must be an object, not null.'],
])('X5 %j is refused in one sentence', (options, words) => {
  const given = options as unknown as InstrumentOptions;
  expect(() => instrument(createResilience(), given)).toThrow(
    new TypeError(`instrument: ${words}`),
  );
});

it('X5 options are not looked at in a production build', () => {
  vi.stubEnv('NODE_ENV', 'production');
  expect(() => instrument(createResilience(), { metre: {} } as InstrumentOptions)()).not.toThrow();
  vi.unstubAllEnvs();
});

it('X5 whoever gives no instance is told so', () => {
  expect(() => instrument({} as Resilience)).toThrow(/^instrument must be given an instance/u);
});

it('E5 the global meter and tracer are asked for by name and version, and nothing is heard where none is set', () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  const asked = vi.spyOn(metrics, 'getMeter');
  const stop = instrument(createResilience());
  expect(asked).toHaveBeenCalledWith('@holdfast/opentelemetry', version);
  asked.mockRestore();
  stop();
});
