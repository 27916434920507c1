import type { Answer } from './answer.ts';
import type { ExtensionKeys } from './error-entry.ts';
import type { Seen } from './profile.ts';
import { bodySentence } from './body.ts';
import { word } from './error-entry.ts';
import { plainSentence } from './message.ts';
import { isRecord, property } from './property.ts';

/** What rules look at where there is no entry of `errors[]`: the answer as a whole. */
export function wholeSeen(answer: Answer, keys: ExtensionKeys): Seen {
  const { status, header, body, close, meaning, words } = answer;
  const json = isRecord(body?.json) ? body.json : {};
  return {
    status,
    code:
      body?.word ??
      word(property(json, keys.code)) ??
      (close === undefined ? meaning?.code : String(close.code)),
    type: word(property(json, keys.type)),
    message: bodySentence(json) ?? body?.text ?? close?.reason ?? words ?? '',
    extensions: json,
    entry: undefined,
    get body() {
      return answer.whole();
    },
    header,
  };
}

/** What the failure says: the answer's own words where they are words, else what is known of it. */
export function wholeMessage({ status, body, close, words }: Answer): string {
  const said = bodySentence(body?.json) ?? plainSentence(body?.text);
  const reason = close?.reason === '' ? `Socket closed with code ${close.code}` : close?.reason;
  return said ?? reason ?? plainSentence(words) ?? anonymousMessage(status);
}

/** For an answer without words. */
export function anonymousMessage(status: number | undefined): string {
  return status === undefined ? 'Unknown error' : `HTTP ${status}`;
}
