export { createTestClock } from './clock.ts';
export type { TestClock, TestClockOptions } from './clock.ts';
export type { Fault, FaultTarget } from './fault.ts';
export type { BreezeServer } from './breeze/breeze-server.ts';
export type { BreezeOptions, BreezeOrder, BreezeOrderValue } from './breeze/breeze-options.ts';
export type {
  FaultServer,
  FaultServerAuth,
  FaultServerOptions,
} from './fault-server/fault-server.ts';
export type { FaultServerContext } from './fault-server/default-schema.ts';
export type { SchemaParts } from './graphql-engine.ts';
export { startBreeze, startFaultServer, startTbint } from './start.ts';
export { createMemoryStore } from './memory-share.ts';
export type { MemoryShare, MemoryStore, MemoryStoreOptions } from './memory-share.ts';
export type { RecordedRequest } from './recorded-request.ts';
export { shareContract } from './share-contract.ts';
export type { ShareContractCase, ShareContractOptions } from './share-contract.ts';
export type { TestServer, TestServerOptions } from './test-server.ts';
export type { TbintServer } from './tbint/tbint-server.ts';
export type {
  TbintDomain,
  TbintOptions,
  TbintOrder,
  TbintOrderLine,
} from './tbint/tbint-options.ts';
