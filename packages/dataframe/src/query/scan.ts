import type { KeyRecord } from "@eau2/protocol";
import { deepFreeze } from "../plan/deep-freeze.js";
import type { Scan } from "../plan/plan.js";
import { isExact, typeName } from "../schema/data-types.js";
import type { Schema } from "../schema/schema.js";

/** All of a frame. */
export const scanOf = (frame: KeyRecord, { columns }: Schema): Scan =>
  deepFreeze({ kind: "scan", frame, columns: columns.map(({ name, type }) => ({ name, type: typeName(type) })) });

/** Names of the columns that a program declared as bigints. */
export const declaredBigints = ({ columns }: Schema): ReadonlySet<string> =>
  new Set(columns.filter(({ type }) => isExact(type)).map(({ name }) => name));
