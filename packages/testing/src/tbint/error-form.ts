import type { Answer } from '../answer.ts';
import { parseJson } from '../recorded-request.ts';
import type { TbintOutcome } from './tbint-schemas.ts';

interface ErrorEntry {
  readonly message: string;
  readonly locations?: unknown;
  readonly path?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly ErrorEntry[];
}

/** Where TBInt's documentation would solve the problem. Data for a person; nobody fetches it. */
const DOCS_URL = 'https://docs.tbint.app/graphql';

/** `{ message, locations, path, extensions: { type, code, docs_url } }`, extensions only where there is a type. */
function entry(error: ErrorEntry): ErrorEntry {
  const { message, locations, path, extensions } = error;
  const field = /^Cannot query field "(\w+)"/.exec(message)?.[1];
  if (field !== undefined) {
    const details = { type: 'field_not_found', code: '404', docs_url: DOCS_URL };
    return { message, locations, path: [field], extensions: details };
  }
  return typeof extensions?.['type'] === 'string'
    ? { message, locations, path, extensions }
    : { message, locations, path };
}

/** Errors come without a `data` key where nothing but null would be in it. */
function result(given: Result): Result {
  if (given.errors === undefined) return given;
  const errors = given.errors.map(entry);
  const values = Object.values(Object(given.data) as object);
  return values.some((value) => value !== null) ? { errors, data: given.data } : { errors };
}

function statusOf(answer: Answer, outcome: TbintOutcome, accepted: boolean): number {
  if (answer.status !== 200) return answer.status;
  if (outcome.missing) return 404;
  if (outcome.imported) return accepted ? 202 : 201;
  return 200;
}

/** Turns what GraphQL executed into the form that TBInt documents: status, error objects, no null data. */
export function inTbintForm(answer: Answer, outcome: TbintOutcome, accepted: boolean): Answer {
  const body = typeof answer.body === 'string' ? parseJson(answer.body) : undefined;
  if (body === undefined) return answer;
  const formed = Array.isArray(body)
    ? (body as Result[]).map((one) => result(one))
    : result(body as Result);
  return {
    ...answer,
    status: statusOf(answer, outcome, accepted),
    body: JSON.stringify(formed),
  };
}
