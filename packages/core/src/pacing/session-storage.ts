import type { BudgetStorage } from './budget.ts';

/** Whether this is a browser's page: a budget there is one person's, not a server's (R4). */
export function inBrowser(): boolean {
  return typeof window === 'object' && typeof document === 'object';
}

/**
 * Keeps a budget over reloads of a tab. A browser that forbids the storage (a sandboxed frame, private
 * modes, a full quota) throws on any use of it; the budget then lives as long as the page, which is
 * what it does in every other place, so nothing is lost that needs saying.
 */
export function tabStorage(name: string): BudgetStorage | undefined {
  if (!inBrowser()) return undefined;
  const key = `holdfast:budget:${name}`;
  const guarded = <T>(use: (storage: Storage) => T): T | undefined => {
    try {
      return use(globalThis.sessionStorage);
    } catch {
      return undefined;
    }
  };
  return {
    load: () =>
      guarded((storage) => {
        const tokens = Number.parseFloat(storage.getItem(key) ?? '');
        return tokens >= 0 ? tokens : undefined;
      }),
    save: (tokens) => {
      guarded((storage) => storage.setItem(key, String(tokens)));
    },
  };
}
