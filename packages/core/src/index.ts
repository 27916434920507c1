export type { Awaitable, Cancel, Clock, Unsubscribe } from './model/clock.ts';
export type { Failure, FailureKind, FailureSource, StopReason } from './model/failure.ts';
export type {
  FailureSummary,
  ResilienceEvent,
  ResilienceEvents,
  WaitReason,
} from './model/event.ts';
export type {
  Attempt,
  AttemptReceiver,
  Connection,
  ConnectionLoss,
  OperationInfo,
  OperationOptions,
  Receiver,
  Transport,
} from './model/operation.ts';
export type { Readable } from './model/readable.ts';
export type { HeadersLike, Signal } from './model/signal.ts';
export type { ActivityState, LimitState, SessionState } from './model/state.ts';
export type {
  AuthOptions,
  RefreshReason,
  RefreshRequest,
  Share,
  ShareChange,
  SharedTokens,
  Tokens,
} from './model/tokens.ts';
export type {
  HintReader,
  HintUnit,
  Match,
  Profile,
  QuotaHeaders,
  Rule,
  Seen,
  Verdict,
  VerdictDetail,
} from './failure/profile.ts';
export { ResilienceError } from './model/resilience-error.ts';
export { classify } from './failure/classify.ts';
export { defineProfile } from './failure/define-profile.ts';
export { failureOf } from './failure/failure-of.ts';
export { receivedBody } from './failure/received-body.ts';
export type { ReceivedBody } from './failure/received-body.ts';
export { waitHint } from './failure/hint.ts';
export { manualRetry } from './manual-retry.ts';
export type { ManualRetry } from './manual-retry.ts';
export type { RateLimitOptions, ResilienceOptions, RetryOptions } from './options.ts';
export { breeze } from './profiles/breeze.ts';
export { graphqlOverHttp } from './profiles/graphql-over-http.ts';
export { tbint } from './profiles/tbint.ts';
export type { Session } from './public-session.ts';
export { checkInstance, misuse } from './usage.ts';
export { createResilience } from './resilience.ts';
export { rootFieldsOf } from './root-fields.ts';
export type { Resilience } from './resilience.ts';
