import type { ReactElement } from 'react';
import type { Span } from './history.ts';

/** What is hatched: waits, and the repeats among the requests. */
export type Texture = Exclude<Span['kind'], 'attempt'> | 'repeats';

/** Each has its colour and its texture, so that no colour says anything alone. */
const TEXTURES: Readonly<Record<Texture, { readonly ink: string; readonly path: string }>> = {
  tokens: { ink: 'holdfast-ink-refresh', path: 'M0 3H6' },
  refresh: { ink: 'holdfast-ink-refresh', path: 'M3 0V6M0 3H6' },
  backoff: { ink: 'holdfast-ink-muted', path: 'M-1.5 1.5L1.5 -1.5M0 6L6 0M4.5 7.5L7.5 4.5' },
  rate_limit: { ink: 'holdfast-ink-limit', path: 'M3 0V6' },
  outage: { ink: 'holdfast-ink-failure', path: 'M1.8 3a1.2 1.2 0 1 0 2.4 0a1.2 1.2 0 1 0 -2.4 0' },
  repeats: { ink: 'holdfast-ink-success', path: 'M0 3H6' },
  offline: { ink: 'holdfast-ink-muted', path: 'M0 0L6 6M0 6L6 0' },
};

/** @param prefix tells the patterns of one timeline from those of another on the same page. */
export function Patterns({ prefix }: { readonly prefix: string }): ReactElement {
  return (
    <defs>
      {Object.entries(TEXTURES).map(([kind, { ink, path }]) => (
        <pattern
          key={kind}
          id={`${prefix}-${kind}`}
          width={6}
          height={6}
          patternUnits="userSpaceOnUse"
        >
          <rect className="holdfast-paper" width={6} height={6} />
          <rect className={`${ink} holdfast-tint`} width={6} height={6} />
          <path className={ink} d={path} strokeWidth={1.2} />
        </pattern>
      ))}
    </defs>
  );
}

export function texture(prefix: string, kind: Texture): string {
  return `url(#${prefix}-${kind})`;
}
