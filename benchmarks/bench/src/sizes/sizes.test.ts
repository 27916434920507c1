import { describe, expect, it } from 'vitest';
import { bundle } from './bundle.ts';
import { ours } from './bundles.ts';

describe('what an app has to load', () => {
  it('leaves the client out, and keeps the part of it that is measured', async () => {
    const { metafile } = await bundle({
      entry: new URL('./entries/apollo-retry.ts', import.meta.url),
      parts: ['@apollo/client/link/retry'],
    });
    const files = Object.keys(metafile.inputs).filter((file) => !file.includes('/entries/'));
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !/link\/retry\/[^/]+$/.test(file))).toEqual([]);
  });

  it('counts what was built, without the condition under which tests find the sources', async () => {
    const { metafile } = await bundle(ours['core-and-urql']);
    const files = Object.keys(metafile.inputs).filter((file) => !file.includes('/entries/'));
    expect(files.filter((file) => !/^packages\/(core|urql)\/dist\//.test(file))).toEqual([]);
    expect(files).toContain('packages/urql/dist/production/index.mjs');
  });
});
