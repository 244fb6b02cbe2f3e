/**
 * Whether runs of blocks began where rows begin. A run that does not know its first row guesses; it was right if the row
 * before it ends there, which the run before knows. So all runs are right if each ends where the next one begins, and whether
 * a run was right hangs on nothing but the bytes before it (docs/decisions/0022).
 */

/** What a run says of its rows. */
export interface RunPlace {
  /** Where the first of them begins; null: none does in its blocks. */
  readonly from: number | null;
  /** Behind the last of them; null: it does not end in the bytes there are. */
  readonly end: number | null;
}

/**
 * @param next - where the next row begins, by the runs before.
 * @param blocksEnd - where the run's blocks end.
 */
export const beginsRight = ({ from }: RunPlace, next: number, blocksEnd: number): boolean =>
  from === null ? next >= blocksEnd : from === next;

/** Where the next row begins behind a run that is right. */
export const nextRow = ({ from, end }: RunPlace, next: number, fileBytes: number): number =>
  // Where a row does not end, none begins any more.
  from === null ? next : (end ?? fileBytes);
