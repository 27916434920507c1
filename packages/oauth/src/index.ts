export {
  clientCredentials,
  refreshToken,
  type ClientCredentialsOptions,
  type ClientOptions,
  type RefreshTokenOptions,
} from './grants.ts';
export { cookieSession, type CookieSession, type CookieSessionOptions } from './cookie-session.ts';
export { login, type LoginBody, type LoginOptions } from './login.ts';
export { nextTokenFetch, type NextTokenOptions } from './next-token-fetch.ts';
export {
  refreshMutation,
  type MutationVariables,
  type RefreshMutation,
  type RefreshMutationOptions,
} from './refresh-mutation.ts';
export {
  amplifySession,
  auth0Session,
  clerkSession,
  firebaseSession,
  sdkSession,
  supabaseSession,
  type Auth0GetToken,
  type Auth0Parameters,
  type ClerkGetToken,
  type ClerkTokenOptions,
  type FetchAuthSession,
  type FirebaseAuth,
  type SdkRefusal,
  type SdkSession,
  type SdkSessionOptions,
  type SupabaseAuth,
} from './sdk-session.ts';
export { TokenRequestError } from './token-request.ts';
