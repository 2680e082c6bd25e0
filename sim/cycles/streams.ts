/** What a unit's streams bring and take, and when. */

/** Words that a unit takes one after the other. */
export interface Source {
  /** The first cycle in which the next word is there. */
  readonly offered: number;
  /** The next word has moved. */
  moved(cycle: number): void;
}

/** Words that are there from the start. */
export class Offered implements Source {
  offered = 0;

  moved(cycle: number): void {
    this.offered = cycle + 1;
  }
}

/** Where the outputs of tiles go, a word a cycle at most. */
export interface Sink {
  /**
   * The words of a tile leave the memories that they were gathered in.
   * @param whole the last one has come. @returns when the last one has gone from there: it waits to be taken from the next cycle on.
   */
  tile(whole: number, words: number): number;
}

/** Every word is taken at once. */
export class Taken implements Sink {
  private last = -1;

  tile(whole: number, words: number): number {
    return (this.last = Math.max(whole, this.last) + words);
  }
}
