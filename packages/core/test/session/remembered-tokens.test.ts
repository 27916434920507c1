import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Harness } from '../harness.fixture.ts';
import { MemoryShare } from './memory-share.fixture.ts';
import { settle, tabs } from './tabs.fixture.ts';

/** A token whose payload names its user. */
function jwt(sub: string): string {
  return `e30.${btoa(JSON.stringify({ sub })).replaceAll('=', '')}.c2ln`;
}

describe('tokens that an application remembers', () => {
  let warned: ReturnType<typeof vi.spyOn>;
  beforeEach(() => {
    warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    warned.mockRestore();
  });

  async function started(own: string, stored: string): Promise<Harness> {
    const share = new MemoryShare();
    share.stored = { generation: 4, tokens: { accessToken: stored } };
    const [harness] = tabs(1, share, { tokens: { accessToken: own } }) as [Harness];
    harness.run();
    await settle([harness]);
    expect(harness.tokens).toEqual([stored]);
    return harness;
  }

  it('X7 give way to what siblings hold', async () => {
    await started('mine', 'theirs');
    expect(warned).not.toHaveBeenCalled();
  });

  it('X7 where both are JWTs of different subjects a development build says so, and no token', async () => {
    const [alice, bob] = [jwt('alice'), jwt('bob')];
    await started(alice, bob);
    expect(warned.mock.calls).toEqual([[expect.stringMatching(/auth\.tokens.*signIn/)]]);
    expect(String(warned.mock.calls)).not.toContain(alice);
    expect(String(warned.mock.calls)).not.toContain(bob);
  });

  it.each([
    ['of one subject', jwt('alice'), jwt('alice')],
    ['of which one does not say', jwt('alice'), 'opaque'],
  ])('X7 but not where they are %s', async (_, own, stored) => {
    await started(own, stored);
    expect(warned).not.toHaveBeenCalled();
  });

  it('X7 a production build says nothing', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    await started(jwt('alice'), jwt('bob'));
    expect(warned).not.toHaveBeenCalled();
  });

  it('X7 T14 a new sign-in, by page load too, wins in every tab', async () => {
    const share = new MemoryShare();
    const [open, loaded] = tabs(2, share, { tokens: { accessToken: 'old' } }) as [Harness, Harness];
    open.run();
    await settle([open]);
    loaded.resilience.session.signIn({ accessToken: 'new' });
    await settle([open]);
    open.run();
    loaded.run();
    expect([open.tokens.at(-1), loaded.tokens.at(-1)]).toEqual(['new', 'new']);
    expect(share.stored?.tokens?.accessToken).toBe('new');
  });
});
