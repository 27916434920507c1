import * as fc from '../../../../tests/properties.ts';
import { describe, expect, it } from 'vitest';
import { envelopeOf, SCOPES_KEPT } from '../../src/browser/message.ts';
import type { Envelope, Message } from '../../src/browser/message.ts';

const SIGNED = { generation: 2, at: 5, by: 'a', tokens: { accessToken: 't' } };

function under(message: Message): Envelope {
  return { ...message, holdfast: 1, from: 'a', id: 'a:1' };
}

describe('a message', () => {
  it.each<Message>([
    { type: 'ask' },
    {
      type: 'answer',
      to: 'b:1',
      value: SIGNED,
      closed: [{ scope: 'api', until: 5, reason: 'outage' }],
    },
    { type: 'answer', to: 'b:1', value: undefined, closed: [] },
    { type: 'tokens', value: SIGNED },
    { type: 'tokens', value: { generation: 3, at: 6, by: 'b' } },
    { type: 'closed', scope: 'api', until: 5, reason: 'rate_limit' },
    { type: 'closed', scope: 'api', until: 5, reason: 'outage' },
  ])('T14 of this form is understood: $type', (message) => {
    expect(envelopeOf(structuredClone(under(message)))).toEqual(under(message));
  });

  const tokens = under({ type: 'tokens', value: SIGNED });
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['text', 'ask'],
    ['an array', [tokens]],
    ['another app’s', { type: 'ask' }],
    ['a later version', { ...tokens, holdfast: 2 }],
    ['no sender', { ...tokens, from: undefined }],
    ['an unknown type', { ...tokens, type: 'steal' }],
    ['no value', { ...tokens, value: undefined }],
    ['generation 0', { ...tokens, value: { ...SIGNED, generation: 0 } }],
    ['half a generation', { ...tokens, value: { ...SIGNED, generation: 1.5 } }],
    ['an endless generation', { ...tokens, value: { ...SIGNED, generation: Infinity } }],
    ['no instant', { ...tokens, value: { ...SIGNED, at: Number.NaN } }],
    ['nobody who decided', { ...tokens, value: { ...SIGNED, by: 5 } }],
    ['tokens of text', { ...tokens, value: { ...SIGNED, tokens: 't' } }],
    [
      'tokens of a header’s end',
      { ...tokens, value: { ...SIGNED, tokens: { accessToken: 'a\r\nb: c' } } },
    ],
    ['an answer to nobody', under({ type: 'answer', to: 5 as never, closed: [] })],
    ['an answer without scopes', under({ type: 'answer', to: 'a', closed: 'all' as never })],
    [
      'an answer with a strange value',
      under({ type: 'answer', to: 'a', value: 5 as never, closed: [] }),
    ],
    [
      'a closing for ever',
      under({ type: 'closed', scope: 'api', until: Infinity, reason: 'outage' }),
    ],
    [
      'a closing of nothing',
      under({ type: 'closed', scope: undefined as never, until: 5, reason: 'outage' }),
    ],
  ])('T14 that is or holds %s is ignored', (_name, data) => {
    expect(envelopeOf(data)).toBeUndefined();
  });

  it('H7 W9 one of an older version that tells no reason speaks of a limit', () => {
    const { reason: _none, ...told } = { type: 'closed', scope: 'api', until: 5, reason: 'outage' };
    const heard = envelopeOf({ ...told, holdfast: 1, from: 'a', id: 'a:1' });
    expect(heard).toMatchObject({ scope: 'api', reason: 'rate_limit' });
  });

  it('T14 F1 of any shape throws nothing', () => {
    const shape = fc.record(
      {
        holdfast: fc.constant(1),
        from: fc.oneof(fc.string(), fc.anything()),
        id: fc.oneof(fc.string(), fc.anything()),
        type: fc.oneof(fc.constantFrom('ask', 'answer', 'tokens', 'closed'), fc.anything()),
        to: fc.anything(),
        value: fc.anything(),
        closed: fc.oneof(fc.array(fc.anything()), fc.anything()),
        scope: fc.anything(),
        until: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const property = fc.property(fc.oneof(shape, fc.anything()), (data) => {
      expect(() => envelopeOf(data)).not.toThrow();
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('X4 tells of a bounded number of closed scopes', () => {
    const closed = Array.from({ length: 10_000 }, (_, index) => ({
      scope: `${index}`,
      until: 5,
      reason: 'rate_limit' as const,
    }));
    const heard = envelopeOf(under({ type: 'answer', to: 'a', closed }));
    expect(heard).toMatchObject({ closed: { length: SCOPES_KEPT } });
  });
});
