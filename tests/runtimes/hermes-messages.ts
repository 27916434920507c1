/** Before what is the host's on a line, where Hermes prints its own too. */
export const MARK = '@@';

/** What the script asks its host for, one on a line. */
export type Asked =
  | { readonly timer: number; readonly delay: number }
  | { readonly request: number; readonly sent: Sent }
  | { readonly leave: number }
  | { readonly ended: Readonly<Record<string, string>> }
  | { readonly failed: string };

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Received {
  readonly status: number;
  readonly headers: string;
  readonly text: string;
}
