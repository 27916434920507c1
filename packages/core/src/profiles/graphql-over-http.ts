import type { Profile } from '../failure/profile.ts';
import { defaultProfile } from '../failure/default-profile.ts';

/**
 * What servers that keep to GraphQL over HTTP, and to the codes that most of them use, need: the default,
 * and the ground of every other profile.
 *
 * @example
 * createResilience({ profile: graphqlOverHttp }); // the same as without
 */
export const graphqlOverHttp: Profile = defaultProfile;
