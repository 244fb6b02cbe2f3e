/** Arguments of the programs that check themselves: a prefix of keys and frames that is the program's own, then rows of a chunk. */
export interface CheckArgs {
  readonly prefix: string;
  /** Rows of a chunk of the frame that it makes; undefined for the default. */
  readonly chunkRows: number | undefined;
}

export const printCheckArgs = ({ prefix, chunkRows }: CheckArgs): string[] =>
  chunkRows === undefined ? [prefix] : [prefix, String(chunkRows)];

export const parseCheckArgs = ([prefix, chunkRows]: readonly string[]): CheckArgs => ({
  prefix: prefix!,
  chunkRows: chunkRows === undefined ? undefined : Number(chunkRows),
});
