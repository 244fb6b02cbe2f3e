/** Rows of every chunk but the last of a block, unless somebody says otherwise. */
export const CHUNK_ROWS = 262_144;
/** Rows of a chunk at most. */
export const CHUNK_ROWS_MAX = 16 * 1024 ** 2;
