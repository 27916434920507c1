import { useActionState, type ReactNode } from 'react';
import { FailureBoundary, ResilienceStatus, useSession } from '@holdfast/react';
import { ask } from './backend.ts';
import { resilience } from './client.ts';
import { Templates, Trouble } from './templates.tsx';

const { session } = resilience;

export function App(): ReactNode {
  const signedOut = useSession().status === 'signed-out';
  const signOut = async () => {
    await ask('/sign-out');
    session.signOut();
  };
  return (
    <main>
      <h1>Credentials</h1>
      <ResilienceStatus className="status" words={{ 'signing-in-again': '' }} />
      <FailureBoundary fallback={Trouble}>
        {signedOut ? <SignIn /> : <Templates />}
        <form action={signOut}>{signedOut || <button>Sign out</button>}</form>
      </FailureBoundary>
    </main>
  );
}

function SignIn() {
  const [refused, signIn] = useActionState(async (_: unknown, form: FormData) => {
    const tokens = await ask('/sign-in', Object.fromEntries(form));
    if (tokens) session.signIn(tokens);
    return !tokens && 'Name or password is wrong.';
  }, false);
  return (
    <form action={signIn}>
      <h2>Sign in</h2>
      <p>This demo knows one user: ola, with the password nordmann.</p>
      <label>
        Name <input name="name" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button>Sign in</button>
      <p role="alert">{refused}</p>
    </form>
  );
}
