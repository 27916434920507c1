import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { emulate, numbers, order, serve, start } from './service.fixture.ts';

let logged: () => string;

beforeEach(() => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => log.mockRestore());
  logged = () => JSON.stringify(log.mock.calls);
});

describe('as a machine', () => {
  it('T1 E6 twenty users on an expired token cost one token call, and all are served', async () => {
    const { breeze, service } = await start();
    const page = (number: number): Promise<Response> =>
      fetch(`${service.origin}/templates?page=${number}`);
    expect((await page(1)).status).toBe(200);
    breeze.expireTokens();
    const answers = await Promise.all(numbers(20).map(page));
    expect(answers.map(({ status }) => status)).toEqual(numbers(20).map(() => 200));
    expect(await answers[1]?.json()).toMatchObject({
      CredentialTemplatesV2: { docs: [{ _id: 'template-11' }, { _id: 'template-12' }] },
    });
    // The first token, and one in place of the expired one.
    expect(breeze.tokenRequests).toHaveLength(2);
    expect(new Set(breeze.requests.map(({ token }) => token)).size).toBe(2);
  });

  it('W4 under a limit of an hour users hear 503 and when to come back, and Breeze nothing', async () => {
    const { breeze, service } = await start({ limit: 0 });
    const first = await fetch(`${service.origin}/templates`);
    expect(first.status).toBe(503);
    const seconds = Number(first.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(3_000);
    expect(seconds).toBeLessThanOrEqual(3_601);
    const later = await Promise.all(
      numbers(5).map((page) => fetch(`${service.origin}/templates?page=${page}`)),
    );
    expect(later.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    expect(later.every(({ headers }) => Number(headers.get('retry-after')) > 3_000)).toBe(true);
    expect(breeze.requests).toHaveLength(1);
  });

  it('T7 F11 a wrong secret is 502, and stands neither in the answer nor in the log', async () => {
    const { breeze, service } = await start();
    const secret = breeze.clientSecret;
    breeze.rotateSecret();
    const answer = await fetch(`${service.origin}/templates`);
    expect(answer.status).toBe(502);
    const told = (await answer.text()) + JSON.stringify([...answer.headers]) + logged();
    expect(told).toContain('Breeze does not let us in.');
    expect(told).not.toContain(secret);
    expect(told).not.toContain(breeze.clientId);
    expect(breeze.requests).toHaveLength(0);
  });

  it('E3 stopping answers who waits with 503', async () => {
    const { breeze, service } = await start({ faults: [{ hang: true }] });
    const answer = fetch(`${service.origin}/templates`);
    await breeze.received(1);
    await service.stop();
    expect((await answer).status).toBe(503);
  });
});

describe('for a user', () => {
  it('E6 X1 tokens of users never mix, and the machine has no part in it', async () => {
    const { breeze, service } = await start();
    const users = numbers(20).map((number) => ({
      token: breeze.issueToken(),
      reference: `order-${number}`,
    }));
    const orders = users.map(({ token, reference }) => order(service.origin, token, reference));
    const pages = numbers(5).map((page) => fetch(`${service.origin}/templates?page=${page}`));
    const answers = await Promise.all([...orders, ...pages]);
    expect(answers.map(({ status }) => status)).toEqual(numbers(25).map(() => 200));

    const asMachine = new Set<unknown>();
    const owners = breeze.requests.flatMap(({ operationName, token, variables }) => {
      if (operationName !== 'Order') asMachine.add(token);
      const credential = variables?.['credential'] as { external_id: string } | undefined;
      return credential === undefined ? [] : [{ token, reference: credential.external_id }];
    });
    expect(owners).toHaveLength(20);
    expect(owners).toEqual(expect.arrayContaining(users));
    expect(asMachine.size).toBe(1);
    expect(users.some(({ token }) => asMachine.has(token))).toBe(false);
    expect(breeze.tokenRequests).toHaveLength(1);
  });

  it('E6 T8 a dead token is 401 for its user, and costs no token call and nobody else anything', async () => {
    const { breeze, service } = await start();
    const dead = breeze.issueToken();
    breeze.expireTokens();
    const [refused, served] = await Promise.all([
      order(service.origin, dead, 'mine-1'),
      order(service.origin, breeze.issueToken(), 'mine-2'),
    ]);
    expect([refused.status, served.status]).toEqual([401, 200]);
    expect(breeze.orders.map(({ external_id: reference }) => reference)).toEqual(['mine-2']);
    expect(breeze.tokenRequests).toHaveLength(0);
    expect(logged()).not.toContain(dead);
    expect((await fetch(`${service.origin}/templates`)).status).toBe(200);
  });

  it('E6 W4 a limit met by a user is 503 with Retry-After', async () => {
    const { breeze, service } = await start({ limit: 0 });
    const answer = await order(service.origin, breeze.issueToken(), 'mine-1');
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(3_000);
    expect(breeze.orders).toHaveLength(0);
  });

  it('M1 an order whose answer was lost is not placed twice', async () => {
    const { breeze, service } = await start({ faults: [{ reset: 'after-execute' }] });
    const answer = await order(service.origin, breeze.issueToken(), 'mine-1');
    expect(answer.status).toBe(502);
    expect(breeze.orders).toHaveLength(1);
  });

  it('E1 E3 hanging up ends the request to Breeze', async () => {
    const breeze = await emulate();
    // An API that takes an order and never answers, and can tell when it is hung up on.
    const silent = createServer();
    onTestFinished(() => void silent.close());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const service = await serve({
      url: `http://127.0.0.1:${port}/graphql`,
      tokenUrl: breeze.tokenUrl,
      clientId: breeze.clientId,
      clientSecret: breeze.clientSecret,
    });
    const arrived = once(silent, 'request');
    const user = new AbortController();
    const answer = order(service.origin, 'some-token', 'mine-1', user.signal);
    const [request] = (await arrived) as [IncomingMessage];
    const hungUp = once(request.socket, 'close');
    user.abort();
    await expect(answer).rejects.toThrow('aborted');
    await hungUp;
    // Not that it took too long, which would have ended it as well.
    expect(logged()).toContain('aborted');
  });

  it.each([
    ['no token', {}, '{}', 401],
    ['what is no token', { authorization: 'Bearer caf\u00e9' }, '{}', 401],
    ['what is not JSON', { authorization: 'Bearer some-token' }, '{', 400],
    ['too much', { authorization: 'Bearer some-token' }, `"${'x'.repeat(10_000)}"`, 413],
  ])('answers %s without asking Breeze', async (_, headers, body, status) => {
    const { breeze, service } = await start();
    const answer = await fetch(`${service.origin}/orders`, { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    expect(breeze.requests).toHaveLength(0);
  });

  it.each([
    ['NOT_FOUND', { template_id: 'template-99', data: [] }, 404],
    ['BAD_USER_INPUT', { template_id: 'template-1', data: [{ data_field: 'x' }] }, 400],
  ])('F5 hands on %s in words of its own', async (_, credential, status) => {
    const { breeze, service } = await start();
    const answer = await fetch(`${service.origin}/orders`, {
      method: 'POST',
      headers: { authorization: `Bearer ${breeze.issueToken()}` },
      body: JSON.stringify(credential),
    });
    expect(answer.status).toBe(status);
  });
});
