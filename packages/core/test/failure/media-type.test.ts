import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';

describe('media types', () => {
  it.each(['text/html', 'text/html; charset=utf-8', 'TEXT/PLAIN', 'application/xhtml+xml'])(
    'F1 F7 a 2xx that says %j and has no data is a bad response',
    (type) => {
      const headers = { 'content-type': type };
      expect(classify({ status: 200, headers })).toMatchObject({ kind: 'bad_response' });
      expect(classify({ status: 200, headers, data: { a: 1 } })).toBeUndefined();
    },
  );

  it.each(['application/json', 'multipart/mixed', 'text/event-stream'])(
    'F1 one that says %j is none',
    (type) => {
      expect(classify({ status: 200, headers: { 'content-type': type } })).toBeUndefined();
    },
  );

  it('X4 an answer that is too long to be parsed is not taken for a page', () => {
    const long = JSON.stringify({ data: { list: 'x'.repeat(70_000) } });
    expect(classify({ status: 200, body: long })).toBeUndefined();
    const page = `<html>${'x'.repeat(70_000)}`;
    expect(classify({ status: 200, body: page })).toMatchObject({ kind: 'bad_response' });
  });
});
