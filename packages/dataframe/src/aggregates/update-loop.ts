/**
 * One loop for all accumulators of a query: generated for the layout of the states and the kinds of arrays that the inputs
 * lie in, and kept. Nothing of a user's is part of the source: names are numbers and constants are handed in.
 */
import { type BodyNames, requiredInputs } from "./accumulator.js";
import { type Access, emitHeads, emitHigh, emitIsValid, emitLow, emitValue, shapeText } from "./column-access.js";
import { emitMerge } from "./emit-merge.js";
import { emitUpdate } from "./emit-update.js";
import { addSliding, mergeSliding } from "./sliding-bins.js";
import type { StateLayout } from "./state-layout.js";

/** What a batch gives to the loop. */
export interface UpdateBatch {
  readonly rowCount: number;
  /** The group of each row; undefined: all rows are of one group, the first. */
  readonly groups: GroupNumbers | undefined;
  /** What `groups` has group 0 as. @defaultValue 0 */
  readonly groupBase?: number;
  readonly inputs: readonly Access[];
  /** Number in the frame of the batch's first row, and of each row counted from it; undefined: one after another. */
  readonly firstRow: number;
  readonly rows: Uint32Array | Float64Array | undefined;
}

/** Group numbers in any array that holds them, as a key column itself. */
export type GroupNumbers = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array;

type Loop = (
  count: number,
  groups: ArrayLike<number> | undefined,
  state: Float64Array,
  constants: readonly number[],
  firstRow: number,
  rows: Uint32Array | Float64Array | undefined,
  inputs: readonly Access[],
  groupBase: number,
) => void;

interface Emitted {
  readonly loop: Loop;
  readonly constants: readonly number[];
}

const groupsKind = (groups: UpdateBatch["groups"]): string => (groups === undefined ? "one" : groups.constructor.name);

/** Compiled sources of this thread: one function for each shape, whoever asks. */
const compiled = new Map<string, Loop>();
/** So that a thread which serves many different queries does not grow for ever. */
const COMPILED_MAX = 2_000;

const compile = (source: string): Loop => {
  let loop = compiled.get(source);
  if (loop === undefined) {
    if (compiled.size >= COMPILED_MAX) compiled.delete(compiled.keys().next().value!);
    const build = new Function("addSliding", `"use strict"; return (${source});`) as (add: typeof addSliding) => Loop;
    loop = build(addSliding);
    compiled.set(source, loop);
  }
  return loop;
};

/** Adds batches to the states of a layout. */
export class UpdateLoops {
  readonly #loops = new Map<string, Emitted>();

  constructor(private readonly layout: StateLayout) {}

  add(batch: UpdateBatch, state: Float64Array): void {
    const { rowCount, groups, inputs, firstRow, rows, groupBase = 0 } = batch;
    if (rowCount === 0 || this.layout.stride === 0) return;
    const key = `${groupsKind(groups)} ${rows === undefined ? "" : `${rows.constructor.name} `}${inputs.map(({ shape }) => shapeText(shape)).join(" ")}`;
    let emitted = this.#loops.get(key);
    if (emitted === undefined) {
      emitted = emitLoop(this.layout, batch);
      this.#loops.set(key, emitted);
    }
    emitted.loop(rowCount, groups, state, emitted.constants, firstRow, rows, inputs, groupBase);
  }
}

const emitLoop = ({ accumulators, starts, stride }: StateLayout, batch: UpdateBatch): Emitted => {
  const { inputs, groups, rows } = batch;
  const constants: number[] = [];
  const isOne = groups === undefined;
  const used = new Set<number>();
  const bodies = new Map<string, string[]>();
  // States of one group live in locals: the loop then has no stores.
  const needsState = accumulators.some(
    ({ kind, ...rest }) =>
      kind === "top" || kind === "bottom" || (kind === "sumFloat" && (rest as { grid: unknown }).grid === null),
  );
  const inLocals = isOne && !needsState;
  accumulators.forEach((accumulator, index) => {
    const start = starts[index]!;
    const slot = (at: number) => (inLocals ? `a${start + at}` : `f[s + ${start + at}]`);
    const names: BodyNames = {
      slot,
      state: "f",
      position: () => `s + ${start}`,
      value: (input) => {
        used.add(input);
        return `x${input}`;
      },
      high: (input) => emitHigh(inputs[input]!.shape, input),
      low: (input) => emitLow(inputs[input]!.shape, input),
      isValid: (input) => emitIsValid(inputs[input]!.shape, input),
      row: rows === undefined ? "(firstRow + i)" : "(firstRow + rows[i])",
      constant: (value) => {
        const known = constants.indexOf(value);
        return `c${known >= 0 ? known : constants.push(value) - 1}`;
      },
      local: (name) => `${name}_${index}`,
    };
    const conditions = requiredInputs(accumulator).flatMap((input) => names.isValid(input) ?? []);
    const guard = [...new Set(conditions)].join(" && ");
    const body = emitUpdate(accumulator, names);
    bodies.set(guard, [...(bodies.get(guard) ?? []), body]);
  });
  const lines = [...bodies].map(([guard, body]) =>
    guard === "" ? body.join("\n") : `if (${guard}) { ${body.join("\n")} }`,
  );
  const values = [...used].map((input) => `const x${input} = ${emitValue(inputs[input]!.shape, input)};`);
  const locals = inLocals ? Array.from({ length: stride }, (_, at) => `let a${at} = f[${at}];`) : [];
  const stores = inLocals ? Array.from({ length: stride }, (_, at) => `f[${at}] = a${at};`) : [];
  const position = inLocals ? "" : isOne ? "const s = 0;" : `const s = Math.imul(groups[i] - groupBase, ${stride});`;
  const source = `function updateGroups(count, groups, f, c, firstRow, rows, g, groupBase) {
${constants.map((_, index) => `const c${index} = c[${index}];`).join(" ")}
${emitHeads(inputs)}
${locals.join(" ")}
for (let i = 0; i < count; i++) {
${position}
${values.join(" ")}
${lines.join("\n")}
}
${stores.join(" ")}
}`;
  // The kind of arrays is part of the source, so that a loop only ever sees one.
  const kinds = [groupsKind(groups), rows?.constructor.name ?? "", ...inputs.map(({ shape }) => shapeText(shape))].join(
    " ",
  );
  return { loop: compile(`/* ${kinds} */ ${source}`), constants };
};

type MergeLoop = (
  count: number,
  groups: Uint32Array,
  into: Float64Array,
  from: Float64Array,
  mergeStates: typeof mergeSliding,
) => void;

const merges = new Map<string, MergeLoop>();

const compiledMerge = (source: string): MergeLoop => {
  let loop = merges.get(source);
  if (loop === undefined) {
    if (merges.size >= COMPILED_MAX) merges.delete(merges.keys().next().value!);
    loop = new Function(source)() as MergeLoop;
    merges.set(source, loop);
  }
  return loop;
};

/** Adds the states of `from` to those of `into` that `groups` names. */
export const mergeLoop = ({
  accumulators,
  starts,
  stride,
}: StateLayout): ((count: number, groups: Uint32Array, into: Float64Array, from: Float64Array) => void) => {
  if (stride === 0) return () => {};
  const bodies = accumulators.map((accumulator, index) => {
    const start = starts[index]!;
    return emitMerge(accumulator, {
      into: (at) => `f[s + ${start + at}]`,
      from: (at) => `h[t + ${start + at}]`,
      intoState: "f",
      fromState: "h",
      intoPosition: () => `s + ${start}`,
      fromPosition: () => `t + ${start}`,
      local: (name) => `${name}_${index}`,
    });
  });
  const source = `"use strict"; return function mergeStates(count, groups, f, h, mergeSliding) { for (let i = 0; i < count; i++) { const s = groups[i] * ${stride}; const t = i * ${stride}; ${bodies.join("\n")} } };`;
  const loop = compiledMerge(source);
  return (count, groups, into, from) => loop(count, groups, into, from, mergeSliding);
};
