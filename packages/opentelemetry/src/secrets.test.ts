import { clientCredentials } from '@holdfast/oauth';
import { expect, it } from 'vitest';
import { breezeServer, faultServer, quick, urqlClient } from './clients.fixture.ts';
import { instrument } from './index.ts';
import { startTelemetry } from './telemetry.fixture.ts';

const ORDER = `mutation Order($credential: CredentialOrderInput!) {
  CredentialOrderV1(credential: $credential) { _id status }
}`;

it('F11 X3b nothing that leaves the process holds a token, a secret, a header or a variable', async () => {
  const telemetry = startTelemetry();
  const breeze = await breezeServer();
  const { tokenUrl: url, clientId, clientSecret } = breeze;
  const refresh = clientCredentials({ url, clientId, clientSecret, body: 'json' });
  const resilience = quick({ auth: { refresh } });
  instrument(resilience, telemetry);
  const client = urqlClient(breeze.url, resilience);
  const order = (reference: string): Promise<unknown> =>
    client
      .mutation(ORDER, {
        credential: {
          template_id: 'template-1',
          external_id: reference,
          data: [{ data_field: 'personFirstName', string_value: 'Kari-the-secret' }],
        },
      })
      .toPromise();
  await order('reference-of-kari');
  breeze.expireTokens();
  await order('reference-of-ola');
  breeze.rotateSecret();
  breeze.expireTokens();
  await order('reference-of-nobody');
  const exported = await telemetry.exported();
  expect(exported).toContain('mutation Order');
  const tokens = breeze.requests.map(({ token }) => token as string);
  expect(new Set(tokens).size).toBeGreaterThan(1);
  const secrets = [
    ...tokens,
    clientId,
    clientSecret,
    'reference-of',
    'Kari',
    'template-1',
    breeze.origin,
  ];
  for (const secret of secrets) expect(exported).not.toContain(secret);
});

it('X3b a server that repeats the token in what it says is not repeated', async () => {
  const telemetry = startTelemetry();
  const token = 'eyJhbGciOiJub25lIn0.c2VjcmV0LW9mLWthcmk.signature';
  const server = await faultServer({
    faults: [
      {
        body: {
          data: null,
          errors: [{ message: `Bad ${token}`, extensions: { code: `BAD_${token}`, type: token } }],
        },
      },
      { status: 401, body: { error: token, error_description: token }, times: 2 },
    ],
  });
  const resilience = quick({ auth: { tokens: { accessToken: token } } });
  instrument(resilience, telemetry);
  const client = urqlClient(server.url, resilience);
  await client.query('query A { hello }', {}).toPromise();
  await client.query('query B { hello }', {}).toPromise();
  expect(server.requests.map((request) => request.token)).toContain(token);
  const exported = await telemetry.exported();
  expect(exported).toContain('query A');
  for (const part of token.split('.')) expect(exported).not.toContain(part);
});
