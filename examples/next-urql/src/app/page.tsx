import type { ReactNode } from 'react';
import { Notices } from './notices.tsx';

/** For everybody: rendered when it is built, Holdfast included. */
export default function Page(): ReactNode {
  return (
    <>
      <h1>Notices</h1>
      <Notices />
    </>
  );
}
