import type { Snippets } from "./compile-snippets.js";

export const ROW_SNIPPETS: Snippets = {
  prelude: `
import { DataFrame, DistributedArray, schema, schemaOf, utf8, float64, int64, boolean, int32, date, list, timestamp, float32, type ChunkFunction, type FrameStore, type MergeFunction, type RowOf, type UserModule } from "../../src/index.js";
declare const store: FrameStore;
const Trip = schema({ carrier: utf8, delay: float64, id: int64({ as: "bigint" }), late: boolean });
declare const trips: DataFrame<{ readonly carrier: string | null; readonly delay: number | null; readonly id: bigint | null; readonly late: boolean | null }>;
declare const anything: DataFrame;
declare const delays: UserModule<ChunkFunction<{ readonly delay: number | null }, Promise<number>>>;
declare const speeds: UserModule<ChunkFunction<{ readonly speed: number | null }, number>>;
declare const add: UserModule<MergeFunction<number>>;
declare const concat: UserModule<MergeFunction<string>>;
declare const unknownToUs: UserModule;
`,
  right: [
    `type Row = RowOf<typeof Trip>; const row: Row = { carrier: "x", delay: null, id: 1n, late: true }; await trips.visitRows((seen: Row) => {});`,
    `const made: Promise<DataFrame<RowOf<{ carrier: typeof utf8 }>>> = DataFrame.fromRows(store, schema({ carrier: utf8 }), [{ carrier: "x" }, {}]);`,
    `const delay: Promise<number | null> = trips.get("delay", 0); const id: Promise<bigint | null> = trips.get("id", 0);`,
    `const Post = schema({ tags: list(utf8), ids: list(int64({ as: "bigint" })) }); const post: RowOf<typeof Post> = { tags: ["a", null], ids: null }; await DataFrame.fromRows(store, Post, [{ tags: [], ids: [1n] }, {}]);`,
    `const rows: Promise<{ readonly carrier: string | null }[]> = trips.head();`,
    `const Times = schema({ day: date, at: timestamp, exact: timestamp({ as: "bigint" }), f: float32 }); const row: RowOf<typeof Times> = { day: new Date(0), at: new Date(0), exact: 1n, f: 1 };`,
    `await trips.visitRows((row, index) => { const text: string | null = row.carrier; const n: number = index; });`,
    `await trips.mapChunks((chunk) => chunk.numbers("delay").length + (chunk.isWhole("id") ? 1 : 0));`,
    `await trips.mapRows(store, schema({ twice: float64 }), (row, out) => { out.twice = (row.delay ?? 0) * 2; });`,
    `await anything.visitRows((row) => { const cell = row["whatever"]; });`,
    `const typed: DataFrame<{ readonly carrier: string | null }> = await DataFrame.open(store, "x", schema({ carrier: utf8 }));`,
    `await DataFrame.fromColumns(store, { carrier: ["a"], delay: [1], id: [1n], late: [true] }, { schema: Trip });`,
    `const sums: number[] = await trips.map(delays, { args: 1 }); const all: number | undefined = await trips.mapReduce(delays, add);`,
    `const loose: unknown[] = await anything.pmap(delays); const looser: unknown[] = await trips.map(unknownToUs); await trips.mapReduce(unknownToUs, unknownToUs);`,
    `const any: DataFrame = trips.untyped; const array = await DistributedArray.fromArray<number>(store, [1, 2]); const sum: number = await array.reduce((a, b) => a + b, 0);`,
  ],
  wrong: [
    [
      `await trips.get("carier", 0);`,
      /^Argument of type '"carier"' is not assignable to parameter of type '.*"carrier".*'\.$/,
    ],
    [
      `const text: string | null = await trips.get("delay", 0);`,
      /^Type 'number' is not assignable to type 'string'\.$/,
    ],
    [
      `await trips.visitRows((row) => { row.carier; });`,
      /^Property 'carier' does not exist on type .*Did you mean 'carrier'\?$/,
    ],
    [
      `await trips.visitRows((row) => { row.delay = 1; });`,
      /^Cannot assign to 'delay' because it is a read-only property\.$/,
    ],
    [
      `await trips.visitRows((row) => { const n: number = row.delay; });`,
      /^Type 'null' is not assignable to type 'number'\.$/,
    ],
    [
      `await trips.mapChunks((chunk) => chunk.numbers("dela"));`,
      /^Argument of type '"dela"' is not assignable to parameter of type '.*"delay".*'\.$/,
    ],
    [
      `await DataFrame.fromRows(store, Trip, [{ carrier: 7 }]);`,
      /^Type 'number' is not assignable to type 'string'\.$/,
    ],
    [
      `await DataFrame.fromRows(store, Trip, [{ carier: "a" }]);`,
      /^Object literal may only specify known properties, but 'carier' does not exist in .*Did you mean to write 'carrier'\?$/,
    ],
    [
      `await trips.mapRows(store, schema({ twice: float64 }), (row, out) => { out.twice = row.carrier; });`,
      /^Type 'string' is not assignable to type 'number'\.$/,
    ],
    [
      `await DataFrame.fromColumns(store, { carrier: ["a"] }, { schema: Trip });`,
      /^Type '\{ carrier: string\[\]; \}' is missing the following properties from type .*: delay, id, late$/,
    ],
    [`schema({ a: "utf8" });`, /^Type 'string' is not assignable to type 'DataType<.*'\.$/],
    [
      `await trips.map(speeds);`,
      /^Property '"the module reads columns that the frame does not have, or has with other types"' is missing in type/,
    ],
    [`await trips.mapReduce(delays, concat);`, /^Type 'number' is not assignable to type 'string'\.$/],
    [
      `const Days = schema({ day: date }); const row: RowOf<typeof Days> = { day: 7 };`,
      /^Type 'number' is not assignable to type 'Date'\.$/,
    ],
    [
      `await DataFrame.fromRows(store, schema({ tags: list(utf8) }), [{ tags: [7] }]);`,
      /^Type 'number' is not assignable to type 'string'\.$/,
    ],
    [`list(list(utf8));`, /^Type '"list"' is not assignable to type .*'\.$/],
    [`timestamp({ as: "number" });`, /^Type '"number"' is not assignable to type 'DateAs'\.$/],
    [`int64({ as: "text" });`, /^Type '"text"' is not assignable to type 'Int64As'\.$/],
  ],
};
