/** Loop bodies that add another state, which was carried, to a state. */
import { type Accumulator, slotCount } from "./accumulator.js";
import { emitInsert, isEqual, isLess } from "./emit-update.js";

export interface MergeNames {
  into(index: number): string;
  from(index: number): string;
  readonly intoState: string;
  readonly fromState: string;
  intoPosition(): string;
  fromPosition(): string;
  local(name: string): string;
}

export const emitMerge = (accumulator: Accumulator, names: MergeNames): string => {
  const { into, from } = names;
  const count = slotCount(accumulator);
  const copy = Array.from({ length: count }, (_, index) => `${into(index)} = ${from(index)};`).join(" ");
  switch (accumulator.kind) {
    case "rows":
    case "values":
    case "sumExact":
    case "sumPlain":
    case "sumWide":
      return Array.from({ length: count }, (_, index) => `${into(index)} += ${from(index)};`).join(" ");
    case "sumFloat": {
      const binCount = accumulator.grid?.quanta.length;
      const lines =
        binCount === undefined
          ? [`mergeSliding(${names.intoState}, ${names.intoPosition()}, ${names.fromState}, ${names.fromPosition()});`]
          : Array.from({ length: binCount }, (_, bin) => `${into(bin)} += ${from(bin)};`);
      if (!accumulator.isFinite) lines.push(`${into(count - 1)} |= ${from(count - 1)};`);
      return lines.join(" ");
    }
    case "min":
    case "max": {
      const [a, b] = accumulator.kind === "min" ? [from, into] : [into, from];
      if (accumulator.isWide) return `if (${a(0)} < ${b(0)} || (${a(0)} === ${b(0)} && ${a(1)} < ${b(1)})) { ${copy} }`;
      return `if (${isLess(a(0), b(0))}) { ${copy} }`;
    }
    case "first":
    case "firstRow":
      return `if (${from(0)} < ${into(0)}) { ${copy} }`;
    case "last":
      return `if (${from(0)} > ${into(0)}) { ${copy} }`;
    case "minBy":
    case "maxBy": {
      const [a, b] = accumulator.kind === "minBy" ? [from, into] : [into, from];
      const isBetter = `${isLess(a(2), b(2))} || (${isEqual(from(2), into(2))} && ${from(0)} < ${into(0)})`;
      return `if (${from(0)} !== Infinity && (${into(0)} === Infinity || ${isBetter})) { ${copy} }`;
    }
    case "top":
    case "bottom": {
      const [k, value] = [names.local("k"), names.local("v")];
      const insert = emitInsert(accumulator, value, {
        slot: into,
        state: names.intoState,
        position: names.intoPosition,
        local: names.local,
      });
      return `for (let ${k} = 1; ${k} <= ${from(0)}; ${k}++) { const ${value} = ${names.fromState}[${names.fromPosition()} + ${k}]; ${insert} }`;
    }
    default:
      return accumulator satisfies never;
  }
};
