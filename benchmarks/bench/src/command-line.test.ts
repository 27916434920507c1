import { describe, expect, it } from 'vitest';
import { readCommandLine } from './command-line.ts';

const known = ['added-time', 'sizes'];

describe('the command line', () => {
  it('asks for everything, where it is empty', () => {
    expect(readCommandLine([], known)).toEqual({ detail: false, sources: false });
  });

  it('names parts, with commas between', () => {
    const { only, detail } = readCommandLine(['--only=sizes,added-time', '--detail'], known);
    expect(only).toEqual(['sizes', 'added-time']);
    expect(detail).toBe(true);
  });

  it('says which parts there are, where one is unknown', () => {
    expect(() => readCommandLine(['--only=size'], known)).toThrow(
      '--only was given size; allowed are added-time, sizes.',
    );
  });
});
