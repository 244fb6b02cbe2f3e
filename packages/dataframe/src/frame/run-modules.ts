import { Eau2Error } from "@eau2/protocol";
import { isExact } from "../schema/data-types.js";
import type { DataFrame } from "./data-frame.js";
import type { ValueSource } from "./frame-store.js";
import type { MappedFrame, ModuleRunner } from "./user-module.js";

/** @throws {@link Eau2Error} `USAGE` for a source that has only values. */
export const runnerOf = ({ modules }: ValueSource): ModuleRunner => {
  if (modules !== undefined) return modules;
  throw new Eau2Error("USAGE", "map: modules run through a session; take the frame from open() or a program's eau2");
};

/** All chunks of a frame. */
export const mappedFrame = <Row>({ key, schema }: Pick<DataFrame<Row>, "key" | "schema">): MappedFrame => ({
  key,
  bigints: schema.columns.flatMap(({ type }, index) => (isExact(type) ? [index] : [])),
  homes: null,
});
