import { useEffect, useState } from 'react';
import type { Dispatch, SetStateAction } from 'react';

/** Where nothing is laid out, as in a test. */
const ASSUMED = 640;

/**
 * The width in pixels that an element has, and keeps having; `undefined` until it is known, which it never is
 * on a server.
 *
 * @returns the ref for the element, and its width.
 */
export function useWidth(): [
  ref: Dispatch<SetStateAction<HTMLElement | null>>,
  width: number | undefined,
] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [width, setWidth] = useState<number>();
  useEffect(() => {
    if (element === null) return undefined;
    if (typeof ResizeObserver !== 'function') {
      setWidth(element.clientWidth || ASSUMED);
      return undefined;
    }
    const observer = new ResizeObserver((entries) => {
      const measured = Math.floor(entries.at(-1)?.contentRect.width ?? 0);
      // What is not displayed has no width; it keeps the one that it had.
      if (measured > 0) setWidth(measured);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width];
}
