import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Tokens } from '../index.ts';
import { Harness } from '../harness.fixture.ts';
import { MemoryShare } from './memory-share.fixture.ts';
import { settle, tabs } from './tabs.fixture.ts';

function jwt(sub: string): string {
  return `e30.${btoa(JSON.stringify({ sub })).replaceAll('=', '')}.c2ln`;
}

/** A page that is loaded with these tokens, where siblings hold others. */
async function load(remembered: Tokens, held: Tokens): Promise<Harness> {
  const share = new MemoryShare();
  share.stored = { generation: 5, tokens: held };
  const [page] = tabs(1, share, { tokens: remembered }) as [Harness];
  page.run();
  await settle([page]);
  return page;
}

describe('tokens that a page remembers', () => {
  let warned: ReturnType<typeof vi.spyOn>;
  beforeEach(() => {
    warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    warned.mockRestore();
  });

  it('X7 give way to what siblings hold; where both are JWTs of different subjects a development build says so once', async () => {
    const page = await load({ accessToken: jwt('alice') }, { accessToken: jwt('bob') });
    page.run();
    await settle([page]);
    expect(page.tokens).toEqual([jwt('bob'), jwt('bob')]);
    expect(warned.mock.calls).toEqual([[expect.stringMatching(/auth\.tokens.*signIn/)]]);
    expect(String(warned.mock.calls)).not.toContain(jwt('alice'));
  });

  it('X7 T11b what was begun before that was known is sent once, as whom siblings hold', async () => {
    const page = await load({ accessToken: jwt('alice') }, { accessToken: jwt('bob') });
    expect([page.tokens, page.types().includes('gave_up')]).toEqual([[jwt('bob')], false]);
  });

  it.each([
    ['the same subject', jwt('alice'), jwt('alice')],
    ['opaque tokens', 'alice', 'bob'],
  ])('X7 with %s nothing is said', async (_name, remembered, held) => {
    const page = await load({ accessToken: remembered }, { accessToken: held });
    expect(page.tokens).toEqual([held]);
    expect(warned).not.toHaveBeenCalled();
  });

  it('X7 a production build says nothing', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    await load({ accessToken: jwt('alice') }, { accessToken: jwt('bob') });
    expect(warned).not.toHaveBeenCalled();
  });

  it('X7 a new sign-in by page load wins in every tab', async () => {
    const share = new MemoryShare();
    const [old] = tabs(1, share, { tokens: { accessToken: 'alice' } }) as [Harness];
    old.run();
    await settle([old]);
    const page = new Harness({ tokens: undefined as never }, { clock: old.clock, share });
    page.resilience.session.signIn({ accessToken: 'bob' });
    page.run();
    await settle([old]);
    old.run();
    expect([page.tokens, old.tokens]).toEqual([['bob'], ['alice', 'bob']]);
  });
});
