/** Parts of a file from which its dialect and columns are guessed: its begin, and some spread over the rest. */
import { Eau2Error } from "@eau2/protocol";
import { type ByteSource, fileChanged } from "../text/byte-source.js";

export interface CsvSample {
  /** Where it begins in the file; all but the first begin with the byte before the place they are about. */
  readonly start: number;
  readonly bytes: Uint8Array;
  /** It ends where the file does. */
  readonly isLast: boolean;
}

const HEAD_BYTES = 128 * 1024;
const SPREAD_BYTES = 16 * 1024;
const SPREAD_COUNT = 16;
/** A first row longer than this is looked at no further. */
const HEAD_BYTES_MAX = 64 * 1024 ** 2;
const NEW_LINE = 10;
const CARRIAGE_RETURN = 13;

const readAt = async (source: ByteSource, start: number, bytes: number): Promise<Uint8Array> => {
  const piece = new Uint8Array(Math.min(bytes, source.bytes - start));
  let filled = 0;
  while (filled < piece.length) {
    const count = await source.read(start + filled, piece.subarray(filled));
    if (count === 0) {
      if (source.bytes === Infinity) break;
      throw fileChanged(source, start + filled, `no bytes at ${start + filled}`);
    }
    filled += count;
  }
  return piece.subarray(0, filled);
};

/**
 * The first 128 KiB, or more if the first line is longer.
 * @throws Eau2Error `FILE_CHANGED` when the source ends before its `bytes`.
 */
export const readCsvHead = async (source: ByteSource): Promise<CsvSample> => {
  let most = HEAD_BYTES;
  let bytes = await readAt(source, 0, most);
  while (bytes.length === most && most < HEAD_BYTES_MAX && !hasLine(bytes)) {
    most *= 4;
    bytes = await readAt(source, 0, most);
  }
  return { start: 0, bytes, isLast: bytes.length < most || bytes.length === source.bytes };
};

/**
 * The head and sixteen times 16 KiB from the rest.
 * @param source - whose size is not known (`Infinity`) gives its head alone.
 * @throws Eau2Error `FILE_CHANGED` when the source ends before its `bytes`.
 */
export const readCsvSamples = async (source: ByteSource): Promise<CsvSample[]> => {
  const head = await readCsvHead(source);
  const samples = [head];
  const headBytes = head.bytes.length;
  const rest = source.bytes - headBytes;
  if (source.bytes === Infinity || rest < SPREAD_BYTES) return samples;
  const count = Math.min(SPREAD_COUNT, Math.floor(rest / SPREAD_BYTES));
  for (let index = 1; index <= count; index++) {
    const start = headBytes + Math.floor(((rest - SPREAD_BYTES) * index) / count) - 1;
    const bytes = await readAt(source, start, SPREAD_BYTES + 1);
    samples.push({ start, bytes, isLast: start + bytes.length === source.bytes });
  }
  return samples;
};

const hasLine = (bytes: Uint8Array): boolean => bytes.includes(NEW_LINE) || bytes.includes(CARRIAGE_RETURN);

const notText = (name: string | undefined, what: string, remedy: string): Eau2Error =>
  new Eau2Error("DATA_INVALID", `read ${name ?? "input"}: ${what}; ${remedy}`);

/** Bytes of control that text does not have, from which on a file is taken for something else. */
const CONTROL_SHARE_MAX = 0.01;

/**
 * Bytes of a UTF-8 byte order mark at the begin: 3 or 0.
 * @throws Eau2Error `DATA_INVALID` for UTF-16 and UTF-32, a compressed file, and bytes that are no text.
 */
export const textStart = (head: Uint8Array, name: string | undefined): number => {
  const [a, b, c] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 3;
  const convert = "convert it to UTF-8 first, as with: iconv -f UTF-16 -t UTF-8";
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    throw notText(name, "it is UTF-16, by its first two bytes", convert);
  if (a === 0x1f && b === 0x8b) throw notText(name, "it is compressed with gzip", "name it .gz");
  if (a === 0x50 && b === 0x4b && c === 0x03) throw notText(name, "it is a zip archive", "unpack it first");
  let zeros = 0;
  let zerosAtOdd = 0;
  let controls = 0;
  head.forEach((byte, index) => {
    if (byte === 0) zeros++;
    if (byte === 0 && index % 2 === 1) zerosAtOdd++;
    if (byte < 32 && (byte < 9 || byte > 13)) controls++;
  });
  // Latin text in UTF-16 has a zero in every other place.
  if (zeros > head.length * 0.3 && (zerosAtOdd > zeros * 0.9 || zerosAtOdd < zeros * 0.1)) {
    throw notText(name, "it looks like UTF-16: every other byte is zero", convert);
  }
  if (controls > head.length * CONTROL_SHARE_MAX) {
    throw notText(
      name,
      `${controls} of its first ${head.length} bytes are control characters: it is no text`,
      "give a CSV file",
    );
  }
  return 0;
};
