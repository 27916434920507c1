/** What takes room on a row: from one place to another, in pixels or milliseconds. */
export interface Room {
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/** Puts many on few rows, and remembers where. */
export interface Packing {
  /**
   * The row of each: the first that is free. Who had a row keeps it, so that nobody jumps when another leaves.
   *
   * @param rooms In order of their start.
   */
  rowsOf(rooms: readonly Room[]): readonly number[];
}

export function createPacking(): Packing {
  let known: ReadonlyMap<number, number> = new Map();
  return {
    rowsOf(rooms) {
      const ends: number[] = [];
      const taken = new Map<number, number>();
      for (const { id, from, to } of rooms) {
        const row = known.get(id) ?? firstFree(ends, from);
        ends[row] = Math.max(ends[row] ?? to, to);
        taken.set(id, row);
      }
      known = taken;
      return [...taken.values()];
    },
  };
}

/** A row that nobody is on is free as well, also one that lies between others. */
function firstFree(ends: readonly (number | undefined)[], from: number): number {
  const free = Array.from(ends).findIndex((end) => end === undefined || end <= from);
  return free < 0 ? ends.length : free;
}
