import { startBreeze } from '@holdfast/testing';

/** A local Breeze in place of the real one, so strict that its limit and its tokens' end are met by hand. */
const breeze = await startBreeze({ tokenLifetime: 60_000, limit: 6, window: 15_000 });
Object.assign(process.env, {
  BREEZE_URL: breeze.url,
  BREEZE_TOKEN_URL: breeze.tokenUrl,
  BREEZE_CLIENT_ID: breeze.clientId,
  BREEZE_CLIENT_SECRET: breeze.clientSecret,
});
