import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * pg_graphql, as Supabase serves it behind PostgREST. GraphQL errors are messages alone; a dead token never gets that
 * far: 401 with `{ code, message }`. 42501 is a missing permission, also where it comes with 401.
 *
 * Sources, read on 2026-11-21: https://github.com/supabase/pg_graphql (a4bebe1), https://github.com/PostgREST/postgrest
 *
 * Not documented: limits and waits of Supabase's gateway.
 *
 * @example
 * createResilience({ profile: pgGraphql, auth: supabaseSession(supabase.auth) });
 */
export const pgGraphql: Profile = /* @__PURE__ */ defineProfile({
  name: 'pg-graphql',
  codes: {
    // An expired token; PGRST301 before PostgREST 13.
    PGRST303: 'unauthenticated',
    PGRST301: 'unauthenticated',
    // A token is needed, and none was sent.
    PGRST302: 'unauthenticated',
    42501: 'forbidden',
  },
});
