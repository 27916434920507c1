import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createResilience } from '../../src/index.ts';
import { browserShare } from '../../src/browser/browser-share.ts';

describe('bad options', () => {
  it.each<[string, unknown, unknown, string]>([
    ['an empty name', '', undefined, 'name must be a string that is not empty, not "".'],
    ['no name', undefined, undefined, 'name must be a string that is not empty, not undefined.'],
    ['a number for a name', 5, undefined, 'name must be a string that is not empty, not a number.'],
    ['null for options', 'app', null, 'options must be an object, not null.'],
    ['a storage for options', 'app', 'localStorage', 'options must be an object, not a string.'],
    ['an unknown option', 'app', { store: {} }, 'store is no option; allowed is storage.'],
    [
      'a name for a storage',
      'app',
      { storage: 'localStorage' },
      'storage must be a Storage such as localStorage, or absent, not a string.',
    ],
    [
      'a storage that is not there',
      'app',
      { storage: null },
      'storage must be a Storage such as localStorage, or absent, not null.',
    ],
    [
      'an object for a storage',
      'app',
      { storage: {} },
      'storage must be a Storage such as localStorage, or absent, not a object.',
    ],
  ])('X5 %s is refused in one sentence', (_name, name, options, sentence) => {
    const call = (): unknown => browserShare(name as string, options as object);
    expect(call).toThrow(new TypeError(`browserShare: ${sentence}`));
  });

  it('X5 a storage may be left out by name', () => {
    expect(() => browserShare('app', { storage: undefined })).not.toThrow();
  });
});

describe('on a server', () => {
  it('E6 nothing is shared: neither between instances, nor through one share', async () => {
    const share = browserShare('app');
    expect(await share.replace(0, { generation: 1, tokens: { accessToken: 'a user’s' } })).toBe(
      true,
    );
    expect([await share.read(), await browserShare('app').read()]).toEqual([undefined, undefined]);
    const refreshed: string[] = [];
    for (const user of ['one', 'two']) {
      const refresh = async (): Promise<{ accessToken: string }> => {
        refreshed.push(user);
        return { accessToken: user };
      };
      const resilience = createResilience({ auth: { refresh }, share });
      await resilience.session.refresh();
      resilience.dispose();
    }
    expect(refreshed).toEqual(['one', 'two']);
  });

  it.each([
    ['a server’s', ''],
    [
      'one that simulates a page',
      'Object.assign(globalThis, { window: globalThis, document: {}, addEventListener() {} });',
    ],
  ])('E3 a process ends that has used it: %s', (_name, before) => {
    const core = fileURLToPath(new URL('../../src/index.ts', import.meta.url));
    const entry = fileURLToPath(new URL('../../src/browser.ts', import.meta.url));
    const script = `
      ${before}
      import { createResilience } from ${JSON.stringify(core)};
      import { browserShare } from ${JSON.stringify(entry)};
      const refresh = async () => ({ accessToken: 't' });
      const resilience = createResilience({ auth: { refresh }, share: browserShare('app') });
      await resilience.session.refresh();
      console.log(resilience.session.get().status);`;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--input-type=module', '--conditions=holdfast-source', '-e', script],
      { encoding: 'utf8', timeout: 20_000 },
    );
    expect({ stdout, stderr, status }).toEqual({ stdout: 'active\n', stderr: '', status: 0 });
  });
});
