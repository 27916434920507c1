import { ApolloLink } from '@apollo/client';
import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  HELLO,
  TICKS,
  answers,
  clientOf,
  clockedClient,
  fails,
  run,
  scriptedLink,
} from './client.fixture.ts';

describe('the response of this very attempt', () => {
  const refused = new TypeError('fetch failed', {
    cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
  });
  const gone = (operation: ApolloLink.Operation): void =>
    operation.setContext({ response: new Response(null, { status: 503 }) });

  it('A5 a response that an earlier attempt left is not believed', async () => {
    const below = scriptedLink(
      (operation) => {
        gone(operation);
        return fails(refused)(operation);
      },
      answers({ data: { hello: 'a' } }),
    );
    const { client, events } = clientOf(below);
    const { data } = await client.query({ query: HELLO });
    expect(data).toEqual({ hello: 'a' });
    expect(below.sent.length).toBe(2);
    expect(events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'success' });
  });

  it('A5 nor one that comes late, from an attempt that was given up', async () => {
    const below = scriptedLink(
      () => new Observable(() => {}),
      (operation) => {
        gone(below.sent[0]!);
        return answers({ data: { hello: 'a' } })(operation);
      },
    );
    const { client, clock, events } = clockedClient(below);
    const heard = run(client.link, { query: HELLO }, client);
    await clock.advanceAsync(31_000);
    await heard.done;
    expect(events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'success' });
    expect(heard.said).toEqual([{ data: { hello: 'a' } }, 'complete']);
    expect(below.sent.length).toBe(2);
  });

  it('A5 a link above sees the response of the last attempt, and none where there was none', async () => {
    const below = scriptedLink((operation) => {
      gone(operation);
      return fails(new TypeError('fetch failed'))(operation);
    }, fails(refused));
    const seen: unknown[] = [];
    const above = new ApolloLink(
      (operation, forward) =>
        new Observable((observer) =>
          forward(operation).subscribe({
            error: (error: unknown) => {
              seen.push(operation.getContext()['response']);
              observer.error(error);
            },
          }),
        ),
    );
    const { client } = clientOf(below, { retry: { attempts: 2, backoff: { transient: 1 } } });
    await run(above.concat(client.link), { query: HELLO }, client).done;
    expect(seen).toEqual([undefined]);
  });

  it('A5 what an attempt that was given up writes late does not reach links above', async () => {
    const below = scriptedLink(() => new Observable(() => {}), answers({ data: { hello: 'a' } }));
    const { client, clock } = clockedClient(below);
    let given: ApolloLink.Operation | undefined;
    const above = new ApolloLink((operation, forward) => {
      given = operation;
      return forward(operation);
    });
    const heard = run(above.concat(client.link), { query: HELLO }, client);
    await clock.advanceAsync(31_000);
    await heard.done;
    gone(below.sent[0]!);
    expect(given?.getContext()['response']).toBeUndefined();
  });

  it('A5 W8 headers count once, however long events come after them', async () => {
    const headers = { ratelimit: '"default";r=0;t=5' };
    let emit = (): void => {};
    const below = scriptedLink((operation) => {
      operation.setContext({ response: new Response(null, { status: 200, headers }) });
      return new Observable((observer) => {
        emit = () => observer.next({ data: { ticks: 1 } });
        emit();
      });
    });
    const { client, clock, resilience } = clockedClient(below);
    const heard = run(client.link, { query: TICKS }, client);
    expect(resilience.limits.get().length).toBe(1);
    await clock.advanceAsync(30_000);
    emit();
    expect(heard.said.length).toBe(2);
    expect(resilience.limits.get()).toEqual([]);
    heard.unsubscribe();
  });
});
