/** Loop bodies that add a row to a state. A body is one statement, or several in a block. */
import type { Accumulator, BodyNames } from "./accumulator.js";
import { powerOfTwo, roundingConstant } from "./float-grid.js";

/** Bits of the slot that counts what is no finite number. */
export const HAS_NAN = 1;
export const HAS_POSITIVE_INFINITY = 2;
export const HAS_NEGATIVE_INFINITY = 4;

type SumFloat = Extract<Accumulator, { kind: "sumFloat" }>;

/** `a` before `b`, as numbers are sorted: NaN last. */
export const isLess = (a: string, b: string): string => `(${a} < ${b} || (${b} !== ${b} && ${a} === ${a}))`;

export const isEqual = (a: string, b: string): string => `(${a} === ${b} || (${a} !== ${a} && ${b} !== ${b}))`;

export const emitUpdate = (accumulator: Accumulator, names: BodyNames): string => {
  const { slot } = names;
  switch (accumulator.kind) {
    case "rows":
    case "values":
      return `${slot(0)} += 1;`;
    case "sumExact":
    case "sumPlain":
      return `${slot(0)} += ${termOf(accumulator, names)};`;
    case "sumWide":
      return `${slot(0)} += ${names.low(accumulator.inputs[0]!)}; ${slot(1)} += ${names.high(accumulator.inputs[0]!)};`;
    case "sumFloat":
      return emitSumFloat(accumulator, names);
    case "min":
    case "max":
      return emitExtreme(accumulator, names);
    case "first":
    case "last": {
      // Of rows that came from one row, as from a list, the last one is last.
      const compare = accumulator.kind === "first" ? "<" : ">=";
      return `if (${names.row} ${compare} ${slot(0)}) { ${slot(0)} = ${names.row}; ${setValue(accumulator, 1, names)} }`;
    }
    case "firstRow": {
      const valid = names.isValid(accumulator.inputs[0]!);
      const set = `${slot(3)} = 1; ${setValue(accumulator, 1, names, [1, accumulator.isWide ? 4 : undefined])}`;
      const value = valid === undefined ? set : `if (${valid}) { ${set} }`;
      return `if (${names.row} < ${slot(0)}) { ${slot(0)} = ${names.row}; ${value} }`;
    }
    case "minBy":
    case "maxBy": {
      const by = names.value(accumulator.inputs[1]!);
      const valid = names.isValid(accumulator.inputs[0]!);
      const better = accumulator.kind === "minBy" ? isLess(by, slot(2)) : isLess(slot(2), by);
      const set = setValue(accumulator, 1, names, [1, accumulator.isWide ? 4 : undefined]);
      const value =
        valid === undefined
          ? `${slot(3)} = 1; ${set}`
          : `if (${valid}) { ${slot(3)} = 1; ${set} } else { ${slot(3)} = 0; ${slot(1)} = 0; ${accumulator.isWide ? `${slot(4)} = 0;` : ""} }`;
      const isEarlier = `(${names.row} < ${slot(0)} && ${isEqual(by, slot(2))})`;
      return `if (${slot(0)} === Infinity || ${better} || ${isEarlier}) { ${slot(0)} = ${names.row}; ${slot(2)} = ${by}; ${value} }`;
    }
    case "top":
    case "bottom":
      return emitInsert(accumulator, names.value(accumulator.inputs[0]!), names);
    default:
      return accumulator satisfies never;
  }
};

const termOf = (
  { inputs, term }: { readonly inputs: readonly number[]; readonly term: "value" | "square" | "product" },
  names: BodyNames,
): string => {
  const value = names.value(inputs[0]!);
  if (term === "value") return value;
  return `${value} * ${term === "square" ? value : names.value(inputs[1]!)}`;
};

/** Sets the slots of a value; `slots`: that of a number, or of the high half, and that of the low half. */
const setValue = (
  accumulator: { readonly inputs: readonly number[]; readonly isWide: boolean },
  first: number,
  { slot, value, high, low }: BodyNames,
  [at, lowAt]: readonly [number, number | undefined] = [first, accumulator.isWide ? first + 1 : undefined],
): string => {
  const [input] = accumulator.inputs as readonly [number];
  if (lowAt === undefined) return `${slot(at)} = ${value(input)};`;
  return `${slot(at)} = ${high(input)}; ${slot(lowAt)} = ${low(input)};`;
};

const emitExtreme = (
  { kind, inputs, isWide }: Extract<Accumulator, { kind: "min" | "max" }>,
  { slot, value, high, low }: BodyNames,
): string => {
  const [input] = inputs as readonly [number];
  const compare = kind === "min" ? "<" : ">";
  if (isWide) {
    const [h, l] = [high(input), low(input)];
    return `if (${h} ${compare} ${slot(0)} || (${h} === ${slot(0)} && ${l} ${compare} ${slot(1)})) { ${slot(0)} = ${h}; ${slot(1)} = ${l}; }`;
  }
  const x = value(input);
  const better = kind === "min" ? isLess(x, slot(0)) : isLess(slot(0), x);
  return `if (${better}) ${slot(0)} = ${x};`;
};

/** Keeps the first `count` of a sorted order; slot 0 is how many there are. */
export const emitInsert = (
  { kind, count }: Extract<Accumulator, { kind: "top" | "bottom" }>,
  value: string,
  { slot, state, position, local }: Pick<BodyNames, "slot" | "state" | "position" | "local">,
): string => {
  const [j, at] = [local("j"), local("at")];
  const isBefore = (a: string, b: string) => (kind === "top" ? isLess(b, a) : isLess(a, b));
  const move = `while (${j} > 0 && ${isBefore(value, `${state}[${at} + ${j}]`)}) { ${state}[${at} + ${j} + 1] = ${state}[${at} + ${j}]; ${j}--; } ${state}[${at} + ${j} + 1] = ${value};`;
  return `if (${slot(0)} < ${count}) { const ${at} = ${position()}; let ${j} = ${slot(0)}; ${slot(0)} += 1; ${move} } else if (${isBefore(value, slot(count))}) { const ${at} = ${position()}; let ${j} = ${count - 1}; ${move} }`;
};

const emitSumFloat = (accumulator: SumFloat, names: BodyNames): string => {
  const { term, grid, isFinite: isAlwaysFinite } = accumulator;
  const binCount = grid?.quanta.length ?? 0;
  const add =
    term === "value"
      ? emitSlices(accumulator, names, names.value(accumulator.inputs[0]!), "a")
      : emitProduct(accumulator, names);
  if (isAlwaysFinite) return `{ ${add} }`;
  const special = names.slot(grid === null ? SLIDING_SPECIAL : binCount);
  const x = names.local("t");
  const bits = `${x} !== ${x} ? ${HAS_NAN} : ${x} > 0 ? ${HAS_POSITIVE_INFINITY} : ${HAS_NEGATIVE_INFINITY}`;
  return `{ const ${x} = ${termOf(accumulator, names)}; if (${x} - ${x} === 0) { ${add} } else ${special} |= ${bits}; }`;
};

const SLIDING_SPECIAL = 9;

const emitSlices = ({ grid }: SumFloat, names: BodyNames, value: string, tag: string): string => {
  if (grid === null) return `addSliding(${names.state}, ${names.position()}, ${value});`;
  const lines: string[] = [];
  let rest = value;
  if (grid.scaleBits !== 0) {
    rest = names.local(`${tag}s`);
    lines.push(`const ${rest} = ${value} * ${names.constant(powerOfTwo(grid.scaleBits))};`);
  }
  grid.quanta.forEach((quantum, bin) => {
    const rounding = names.constant(roundingConstant(quantum));
    const slice = names.local(`${tag}h${bin}`);
    lines.push(`const ${slice} = ${rest} + ${rounding} - ${rounding}; ${names.slot(bin)} += ${slice};`);
    if (bin === grid.quanta.length - 1) return;
    const next = names.local(`${tag}r${bin}`);
    lines.push(`const ${next} = ${rest} - ${slice};`);
    rest = next;
  });
  return lines.join(" ");
};

/**
 * A product of two floats without its rounding error: both are cut into halves whose products are exact.
 * @see Dekker, "A floating-point technique for extending the available precision", Numer. Math. 18, 1971.
 */
const emitProduct = (accumulator: SumFloat, names: BodyNames): string => {
  const { inputs, term } = accumulator;
  const a = names.value(inputs[0]!);
  const b = term === "square" ? a : names.value(inputs[1]!);
  const [p, e] = [names.local("p"), names.local("e")];
  const halves = (x: string, tag: string) => {
    const [t, h, l] = [names.local(`${tag}t`), names.local(`${tag}x`), names.local(`${tag}y`)];
    return {
      h,
      l,
      source: `const ${t} = ${x} * 134217729; const ${h} = ${t} - (${t} - ${x}); const ${l} = ${x} - ${h};`,
    };
  };
  const left = halves(a, "l");
  const right = term === "square" ? left : halves(b, "m");
  const error = `const ${p} = ${a} * ${b}; const ${e} = ((${left.h} * ${right.h} - ${p}) + ${left.h} * ${right.l} + ${left.l} * ${right.h}) + ${left.l} * ${right.l};`;
  const source = [left.source, ...(term === "square" ? [] : [right.source]), error];
  source.push(emitSlices(accumulator, names, p, "a"));
  // Where halves overflow the error is no number, and far below what bins of such size hold.
  source.push(`if (${e} - ${e} === 0) { ${emitSlices(accumulator, names, e, "b")} }`);
  return source.join(" ");
};
