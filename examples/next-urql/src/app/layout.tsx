import '@holdfast/example-next-session/style.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';

export const metadata: Metadata = { title: 'Notes', icons: 'data:,' };

export default function Layout({ children }: { children: ReactNode }): ReactNode {
  return (
    <html lang="en">
      <body>
        <nav>
          <Link href="/">Notices</Link>
          <Link href="/notes">My notes</Link>
        </nav>
        <main>{children}</main>
      </body>
    </html>
  );
}
