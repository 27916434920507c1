export { sessionProxy as proxy } from '@holdfast/example-next-session/proxy';

/** Pages, and what renews a session; not what serves files, signs in and out, or hands on to the API. */
export const config = { matcher: ['/((?!_next/|api/|auth/(?!refresh)).*)'] };
