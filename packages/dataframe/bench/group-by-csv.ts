/** The file of the group-by benchmark of db-benchmark (G1, k = 100): nine columns, one header. Same seed, same bytes. */
import { randomOf } from "./random.js";

const HEADER = "id1,id2,id3,id4,id5,id6,v1,v2,v3\n";

/** Bytes of a row, or so. */
export const GROUP_BY_ROW_BYTES = 51;

export const groupByCsv = (rowCount: number, seed = 1, hasHeader = true): Uint8Array => {
  const random = randomOf(seed);
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const groups = Math.max(1, Math.floor(rowCount / 100));
  const file = Buffer.allocUnsafe(HEADER.length + rowCount * 64);
  let at = hasHeader ? file.write(HEADER, 0, "latin1") : 0;
  const id = (number: number, digits: number): string => `id${String(number).padStart(digits, "0")}`;
  for (let row = 0; row < rowCount; row++) {
    const ids = `${id(upTo(100), 3)},${id(upTo(100), 3)},${id(upTo(groups), 10)},${upTo(100)},${upTo(100)},${upTo(groups)}`;
    at += file.write(`${ids},${upTo(5)},${upTo(15)},${(random() * 100).toFixed(6)}\n`, at, "latin1");
  }
  return file.subarray(0, at);
};
