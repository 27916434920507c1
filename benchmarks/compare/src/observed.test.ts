import { describe, expect, it } from 'vitest';
import { answered, tokenCalls, waits } from './checks.ts';
import { ANSWERED, observed, requestOf } from './observed.fixture.ts';
import { judge, together } from './observed.ts';

describe('rounds', () => {
  it('are judged together', () => {
    const round = observed({
      outcomes: [ANSWERED],
      requests: [requestOf('1')],
      tokenCalls: 1,
      executions: { hello: 1 },
    });
    expect(together([round, round], 3)).toEqual({
      outcomes: [ANSWERED, ANSWERED],
      requests: [requestOf('1'), requestOf('1')],
      tokenCalls: 2,
      executions: { hello: 2 },
      tooEarly: [],
      afterwards: [],
      uncaught: 3,
    });
  });
});

describe('a verdict', () => {
  it('is met only where every check is', () => {
    const one = observed({ outcomes: [ANSWERED], tokenCalls: 1 });
    expect(judge([tokenCalls(1), answered], one)).toEqual({
      met: true,
      seen: '1 token call, answered',
    });
    expect(judge([tokenCalls(2), answered], one)).toEqual({
      met: false,
      seen: '1 token call, answered',
    });
  });

  it('leaves out what depends on chance once a check has decided', () => {
    const early = observed({ outcomes: [ANSWERED], tooEarly: [requestOf('1')] });
    expect(judge([waits, answered], early)).toEqual({ met: false, seen: 'sent again too early' });
  });

  it('E4 is never met where an error was left unhandled', () => {
    const stray = observed({ outcomes: [ANSWERED], uncaught: 1 });
    expect(judge([answered], stray)).toEqual({
      met: false,
      seen: 'answered, an error left unhandled',
    });
  });
});
