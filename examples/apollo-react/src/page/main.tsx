import { StrictMode, useActionState } from 'react';
import { createRoot } from 'react-dom/client';
import { FailureBoundary, ResilienceProvider, ResilienceStatus, useSession } from '@holdfast/react';
import { ask, resilience } from './resilience.ts';
import { Templates, Trouble } from './templates.tsx';

function App() {
  const signedOut = useSession().status === 'signed-out';
  const signOut = () => ask('sign-out').then(() => resilience.session.signOut());
  return (
    <FailureBoundary fallback={(caught) => <Trouble {...caught} />}>
      <form action={signOut}>{signedOut || <button>Sign out</button>}</form>
      <ResilienceStatus className="status" words={{ 'signing-in-again': '' }} />
      {signedOut ? <SignIn /> : <Templates />}
    </FailureBoundary>
  );
}

function SignIn() {
  const [message, signIn] = useActionState(async (_: string, form: FormData) => {
    const tokens = await ask('sign-in', { body: JSON.stringify(Object.fromEntries(form)) });
    if (tokens) resilience.session.signIn(tokens);
    return tokens ? '' : 'Name or password is wrong.';
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
