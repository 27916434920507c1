import { StrictMode, useActionState } from 'react';
import { createRoot } from 'react-dom/client';
import { FailureBoundary, ResilienceProvider, ResilienceStatus, useSession } from '@holdfast/react';
import { ask } from './backend.ts';
import { resilience } from './client.ts';
import { Templates } from './templates.tsx';
import { Trouble } from './trouble.tsx';

function App() {
  const signedOut = useSession().status === 'signed-out';
  const signOut = () => ask('/sign-out').then(() => resilience.session.signOut());
  return (
    <FailureBoundary fallback={Trouble}>
      <ResilienceStatus className="status" words={{ 'signing-in-again': '' }} />
      {signedOut ? <SignIn /> : <Templates />}
      <form action={signOut}>{signedOut || <button>Sign out</button>}</form>
    </FailureBoundary>
  );
}

function SignIn() {
  const [message, signIn] = useActionState(async (_: string, form: FormData) => {
    const tokens = await ask('/sign-in', { body: form });
    if (tokens) resilience.session.signIn(tokens);
    return 'Name or password is wrong.';
  }, 'This demo knows one user: ola, with the password nordmann.');
  return (
    <form action={signIn}>
      <label htmlFor="name">Name</label>
      <input id="name" name="name" autoComplete="username" required />
      <label htmlFor="password">Password</label>
      <input id="password" name="password" type="password" required />
      <button>Sign in</button>
      <p role="status">{message}</p>
    </form>
  );
}

createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <ResilienceProvider resilience={resilience}>
      <App />
    </ResilienceProvider>
  </StrictMode>,
);
