import { currentSession } from '@holdfast/example-next-session/cookies';
import { SignIn } from '@holdfast/example-next-session/page-session';
import { Suspense, type ReactNode } from 'react';
import { NOTES } from '../queries.ts';
import { Greeting } from './greeting.tsx';
import { NoteList } from './note-list.tsx';
import { PreloadQuery } from './server-client.ts';
import { SignedIn } from './signed-in.tsx';

export default function Page(): ReactNode {
  return (
    <>
      <h1>My notes</h1>
      <Suspense fallback={<p>One moment …</p>}>
        <Notes />
      </Suspense>
    </>
  );
}

/** The static part has gone out when this is rendered, for whoever's cookies the request has. */
async function Notes() {
  const { id } = await currentSession();
  if (id === undefined) return <SignIn>Nobody is signed in.</SignIn>;
  return (
    <SignedIn id={id}>
      <Suspense fallback={<p>Who are you? …</p>}>
        <Greeting />
      </Suspense>
      <PreloadQuery query={NOTES}>
        <NoteList />
      </PreloadQuery>
    </SignedIn>
  );
}
