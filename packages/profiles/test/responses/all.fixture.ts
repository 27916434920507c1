import type { Profile } from '@holdfast/core';
import * as profiles from '../../src/index.ts';
import type { ApiName, Told } from './response.fixture.ts';
import { further } from './further.fixture.ts';
import { hosted } from './hosted.fixture.ts';
import { hostedMore } from './hosted-more.fixture.ts';
import { servers } from './servers.fixture.ts';

/** Each profile by its name. */
export const profileOf: Readonly<Record<ApiName, Profile>> = { ...profiles };

/** A response, and whose it is. */
export interface Recorded extends Told {
  readonly api: ApiName;
}

/** Every response of the tables. */
export const everyResponse: readonly Recorded[] = [hosted, hostedMore, servers, further].flatMap(
  (responses) =>
    Object.entries(responses).flatMap(([api, told]) =>
      told.map((response) => ({ ...response, api: api as ApiName })),
    ),
);

/** As tests and lists of exceptions name it. */
export function nameOf({ api, says }: Recorded): string {
  return `${api}: ${says}`;
}
