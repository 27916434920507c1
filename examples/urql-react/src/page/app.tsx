import type { ReactNode } from 'react';
import { FailureBoundary, ResilienceStatus, useResilience, useSession } from '@holdfast/react';
import { signOut } from './backend.ts';
import { SignIn } from './sign-in.tsx';
import { Templates } from './templates.tsx';
import { Trouble } from './trouble.tsx';

/** What a token is, and that it has to be renewed, is no concern of who looks at the page. */
const words = { 'signing-in': '', 'signing-in-again': '', 'signed-out': '' };

export function App(): ReactNode {
  const { session } = useResilience();
  const signedOut = useSession().status === 'signed-out';
  const leave = async (): Promise<void> => {
    await signOut();
    session.signOut();
  };
  return (
    <FailureBoundary fallback={Trouble}>
      <header>
        <h1>Credentials</h1>
        <form action={leave}>{signedOut || <button>Sign out</button>}</form>
      </header>
      <main>
        <ResilienceStatus className="status" words={words} />
        {signedOut ? <SignIn /> : <Templates />}
      </main>
    </FailureBoundary>
  );
}
