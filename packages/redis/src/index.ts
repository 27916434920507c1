export type { GlideClient, IoredisClient, NodeRedisClient, RedisClient } from './client.ts';
export { redisShare } from './redis-share.ts';
export type { RedisShareOptions } from './redis-share.ts';
export type { SealOptions } from './seal.ts';
