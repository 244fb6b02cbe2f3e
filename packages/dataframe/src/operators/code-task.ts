/**
 * Text becomes codes: before rows meet, strings are compared by number. Each chunk gets a dictionary of its own for each column of text,
 * in order of first appearance; then these become one (`text.unify`), and `query.recode` writes the chunks anew. So codes
 * depend on the rows and the chunks alone.
 */
import type { TaskContext } from "@eau2/kvstore";
import {
  bitmapByteLength,
  type ColumnLayout,
  type Dictionary,
  decodeChunk,
  decodeDictionary,
  encodeChunk,
  encodeCodes,
  encodeDictionary,
  encodeIntegers,
  isBitSet,
} from "@eau2/serialization";
import { z } from "zod";
import type { TextKernel } from "../kernels/text-kernel-types.js";
import { defineTask } from "../task/task.js";
import { withTextKernel } from "../tasks/shelf.js";
import { encodeVector } from "../vector/encode-vector.js";
import type { Vector } from "../vector/vector.js";
import { cancelledError } from "./cancelled.js";
import { numbersOf } from "./group-task.js";
import { Pipeline, runPipeline } from "./pipeline.js";

export const CodeArgs = z.strictObject({
  pipeline: Pipeline,
  firstRow: z.number().min(0),
  dictionaryCount: z.int().min(0),
  /** What becomes of each column: it stays (also as codes of the dictionary that it has), or is coded anew. */
  columns: z.array(z.enum(["as it is", "coded anew"])),
});
export type CodeArgs = z.infer<typeof CodeArgs>;

export const CodeResult = z.strictObject({ rowCount: z.int().min(0) });

/** The type that codes are staged as until they are final. */
const CODE_TYPE = "int32";

interface Coded {
  readonly layout: ColumnLayout;
  readonly dictionary: Uint8Array;
}

const write = async (
  context: TaskContext,
  { byteLength, write: fill }: { readonly byteLength: number; write(into: Uint8Array): void },
) => {
  const { ref, view } = await context.allocate(byteLength);
  fill(view);
  return ref;
};

/** Input: a chunk, dictionaries. Outputs: the chunk, then a dictionary for each column that is coded anew. */
export const codeTask = defineTask<CodeArgs>({
  name: "query.code",
  args: CodeArgs,
  run: ({ pipeline, firstRow, dictionaryCount, columns }, context) =>
    withTextKernel(context, async (kernel) => {
      const [chunk, ...others] = context.inputs as readonly [Uint8Array, ...Uint8Array[]];
      const dictionaries = others.slice(0, dictionaryCount).map((bytes) => decodeDictionary(bytes));
      const { batch } = runPipeline(pipeline, chunk, dictionaries, firstRow);
      const made: Uint8Array[] = [];
      const layouts = batch.columns.map(({ vector }, index) => {
        if (context.cancelled()) throw cancelledError("code text");
        if (columns[index] === "as it is") return encodeVector(vector);
        kernel.reset();
        const coded = codeVector(vector, kernel);
        made.push(coded.dictionary);
        return coded.layout;
      });
      const outputs = [await write(context, encodeChunk(layouts, batch.rowCount))];
      for (const bytes of made)
        outputs.push(await write(context, { byteLength: bytes.length, write: (into) => into.set(bytes) }));
      return { value: { rowCount: batch.rowCount }, outputs };
    }),
});

const codeVector = (vector: Vector, kernel: TextKernel): Coded => {
  const { rowCount } = vector;
  const { codes, validity } = codesOf(vector, kernel);
  const count = kernel.dictionarySize;
  const encoded = encodeDictionary({
    count,
    offsets: kernel.dictionaryOffsets().slice(),
    values: kernel.dictionaryBytes(),
  });
  const dictionary = new Uint8Array(encoded.byteLength);
  encoded.write(dictionary);
  return { layout: encodeIntegers(CODE_TYPE, Int32Array.from(codes), rowCount, validity), dictionary };
};

interface RowCodes {
  readonly codes: Uint32Array;
  readonly validity: Uint8Array | undefined;
}

/** Codes in the kernel's dictionary, in order of first appearance. */
const codesOf = (vector: Vector, kernel: TextKernel): RowCodes => {
  const { rowCount } = vector;
  switch (vector.kind) {
    case "text":
      return plainCodes(vector.bytes, vector.offsets, rowCount, vector.validity, kernel);
    case "coded":
      return translated(vector.codes, vector.validity, vector.dictionary, rowCount, kernel);
    case "column": {
      const { layout, dictionary } = vector;
      if (layout.type !== "utf8") throw new Error(`invariant: ${layout.type} is not coded`);
      switch (layout.encoding) {
        case "null":
          return { codes: new Uint32Array(rowCount), validity: new Uint8Array(bitmapByteLength(rowCount)) };
        case "plain":
          return plainCodes(layout.values, layout.offsets, rowCount, layout.validity, kernel);
        case "constant":
          kernel.intern(layout.values, Uint32Array.of(0, layout.values.length), 1);
          return { codes: new Uint32Array(rowCount), validity: layout.validity };
        case "constantCode":
          return translated(
            new Uint32Array(rowCount).fill(layout.code),
            layout.validity,
            dictionary!,
            rowCount,
            kernel,
          );
        default:
          return translated(layout.values, layout.validity, dictionary!, rowCount, kernel);
      }
    }
    default:
      throw new Error(`invariant: ${vector.kind} are not coded`);
  }
};

/** Null rows, whose text is empty, would bring the empty string into the dictionary: rows with a value are put together first. */
const plainCodes = (
  bytes: Uint8Array,
  offsets: Uint32Array,
  rowCount: number,
  validity: Uint8Array | undefined,
  kernel: TextKernel,
): RowCodes => {
  if (validity === undefined) {
    kernel.intern(bytes, offsets, rowCount);
    return { codes: kernel.codes().slice(), validity };
  }
  const kept = new Uint32Array(rowCount + 1);
  let count = 0;
  for (let row = 0; row < rowCount; row++) if (isBitSet(validity, row)) kept[++count] = offsets[row + 1]!;
  kernel.intern(bytes, kept.subarray(0, count + 1), count);
  const dense = kernel.codes();
  const codes = new Uint32Array(rowCount);
  for (let row = 0, next = 0; row < rowCount; row++) if (isBitSet(validity, row)) codes[row] = dense[next++]!;
  return { codes, validity };
};

/** Each string that occurs is interned once. */
const translated = (
  from: Uint8Array | Uint16Array | Uint32Array,
  validity: Uint8Array | undefined,
  dictionary: Dictionary,
  rowCount: number,
  kernel: TextKernel,
): RowCodes => {
  const seen = new Int32Array(dictionary.count).fill(-1);
  const order: number[] = [];
  const codes = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const code = from[row]!;
    if (seen[code] === -1) seen[code] = order.push(code) - 1;
    codes[row] = seen[code]!;
  }
  const offsets = new Uint32Array(order.length + 1);
  order.forEach((code, index) => {
    offsets[index + 1] = offsets[index]! + dictionary.offsets[code + 1]! - dictionary.offsets[code]!;
  });
  const bytes = new Uint8Array(offsets[order.length]!);
  order.forEach((code, index) => {
    bytes.set(dictionary.values.subarray(dictionary.offsets[code]!, dictionary.offsets[code + 1]!), offsets[index]!);
  });
  kernel.intern(bytes, offsets, order.length);
  // Different codes of the old dictionary may be one string.
  const interned = kernel.codes().slice();
  for (let row = 0; row < rowCount; row++) codes[row] = interned[codes[row]!] ?? 0;
  return { codes, validity };
};

export const RecodeArgs = z.strictObject({
  /** For each column: entries of its new dictionary, or null where it stays. */
  dictionarySizes: z.array(z.number().min(0).nullable()),
});
export type RecodeArgs = z.infer<typeof RecodeArgs>;

/** Inputs: a staged chunk, then the new code of each code for each column that was coded anew. Output: the chunk. */
export const recodeTask = defineTask<RecodeArgs>({
  name: "query.recode",
  args: RecodeArgs,
  run: async ({ dictionarySizes }, context) => {
    const [staged, ...mappings] = context.inputs as readonly [Uint8Array, ...Uint8Array[]];
    const { columns, rowCount } = decodeChunk(staged);
    let next = 0;
    const layouts = columns.map((layout, index): ColumnLayout => {
      const size = dictionarySizes[index];
      if (size === null || size === undefined) return layout;
      return recoded(layout, numbersOf(mappings[next++]!), size);
    });
    return { value: {}, outputs: [await write(context, encodeChunk(layouts, rowCount))] };
  },
});

const recoded = (layout: ColumnLayout, newCodes: Uint32Array, size: number): ColumnLayout => {
  if (layout.type !== CODE_TYPE) throw new Error(`invariant: codes are staged as ${CODE_TYPE}`);
  const { rowCount } = layout;
  const codes = new Uint32Array(rowCount);
  switch (layout.encoding) {
    case "null":
      return encodeCodes(codes, size, rowCount, new Uint8Array(bitmapByteLength(rowCount)));
    case "constant":
      codes.fill(newCodes[Number(layout.value)]!);
      break;
    case "int64":
      throw new Error("invariant: codes are never int64");
    default: {
      const offset = Number(layout.offset);
      const { values, validity } = layout;
      for (let row = 0; row < rowCount; row++) {
        if (validity === undefined || isBitSet(validity, row)) codes[row] = newCodes[values[row]! + offset]!;
      }
    }
  }
  return encodeCodes(codes, size, rowCount, layout.validity?.slice());
};
