/** Work of a given size, to be timed. */
export interface Load {
  /** Does it once, and says how many things it did. */
  run(): number;
  end(): void;
}

export type LoadMaker = (size: number) => Load;
