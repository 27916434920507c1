import { useActionState } from 'react';
import type { ReactNode } from 'react';
import { useResilience } from '@holdfast/react';
import { signIn } from './backend.ts';

export function SignIn(): ReactNode {
  const { session } = useResilience();
  const [refused, enter, pending] = useActionState(async (_: boolean, form: FormData) => {
    const tokens = await signIn(form);
    if (tokens !== undefined) session.signIn(tokens);
    return tokens === undefined;
  }, false);
  return (
    <section>
      <h2>Sign in</h2>
      <p>
        This demo knows one user: <b>ola</b>, with the password <b>nordmann</b>.
      </p>
      <form action={enter}>
        <label>
          Name <input name="name" autoComplete="username" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button disabled={pending}>Sign in</button>
        <div role="alert">{refused && 'Name or password is wrong.'}</div>
      </form>
    </section>
  );
}
