export type { Awaitable, Cancel, Clock, Unsubscribe } from './base/time.ts';
export type {
  Failure,
  FailureKind,
  FailureSource,
  StopReason,
  WaitReason,
} from './base/failure.ts';
export { ResilienceError } from './base/failure.ts';
export type { FailureSummary, ResilienceEvent, ResilienceEvents } from './base/events.ts';
export type {
  Attempt,
  AttemptReceiver,
  ConnectionLine,
  ConnectionLoss,
  ConnectionPolicy,
  HeadersLike,
  OperationInfo,
  OperationOptions,
  Receiver,
  Signal,
  Transport,
} from './base/operation.ts';
export type { Readable } from './base/readable.ts';
export { receivedBody } from './base/received-body.ts';
export type { ReceivedBody } from './base/received-body.ts';
export { rootFieldsOf } from './base/operation.ts';
export { operationsIn } from './base/document.ts';
export type { DocumentOperation } from './base/document.ts';
export type {
  AuthOptions,
  ClosedReason,
  RefreshReason,
  RefreshRequest,
  Share,
  ShareChange,
  SharedTokens,
  Tokens,
} from './base/tokens.ts';
export type {
  HintReader,
  HintUnit,
  Match,
  Profile,
  QuotaHeaders,
  QuotaReader,
  Rule,
  Seen,
  SocketClose,
  Verdict,
  VerdictDetail,
} from './failure/profile-form.ts';
export { classify } from './failure/classify.ts';
export { defineProfile } from './failure/profile.ts';
export { failureOf, manualRetry } from './failure/failure-of.ts';
export type { ManualRetry } from './failure/failure-of.ts';
export { waitHint } from './failure/hint.ts';
export { graphqlOverHttp } from './failure/default-profile.ts';
export { checkInstance, optionError } from './options.ts';
export type {
  OutageOptions,
  RateLimitOptions,
  ResilienceOptions,
  RetryOptions,
} from './options.ts';
export type { LimitState } from './pacing/gate.ts';
export type { ActivityState } from './run.ts';
export type { Session, SessionState } from './session/session.ts';
export { createResilience } from './resilience.ts';
export type { Resilience } from './resilience.ts';
