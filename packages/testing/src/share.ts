export { createMemoryStore } from './memory-share.ts';
export type { MemoryShare, MemoryStore, MemoryStoreOptions } from './memory-share.ts';
export { shareContract } from './share-contract.ts';
export type { ShareContractCase, ShareContractOptions } from './share-contract.ts';
