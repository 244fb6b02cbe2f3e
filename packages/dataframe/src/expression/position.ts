import { Eau2Error, type ErrorCode, type ErrorDetails } from "@eau2/protocol";

/** Where a part of an expression stands, in words; errors are made here, so that all of them say it. */
export class Position {
  private constructor(
    private readonly place: string | undefined,
    private readonly words: string | undefined,
    private readonly outer: Position | undefined,
  ) {}

  /** @param place - what the whole expression is for, as messages begin: `filter`, `derive "speed"`. */
  static top(place: string | undefined): Position {
    return new Position(place, undefined, undefined);
  }

  /** @param words - as in `1st argument of add`. */
  in(words: string): Position {
    return new Position(this.place, words, this);
  }

  error(code: ErrorCode, what: string, details: ErrorDetails = {}): Eau2Error {
    const path: string[] = [];
    for (let at: Position | undefined = this; at?.words !== undefined; at = at.outer) path.push(`in the ${at.words}`);
    const where = path.length === 0 ? "" : ` (${path.join(", ")})`;
    return new Eau2Error(code, `${this.place === undefined ? "" : `${this.place}: `}${what}${where}`, details);
  }
}
