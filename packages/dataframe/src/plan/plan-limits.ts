/**
 * How large a plan may be. Everything that reads plans recurses over them, so whatever comes from elsewhere is measured
 * first, in a loop: by the `kind` of its nodes alone, because nothing else of it can be trusted yet.
 */
import { Eau2Error } from "@eau2/protocol";
import type { Expression } from "../expression/expression.js";
import { FUNCTION_NAMES } from "../expression/functions.js";
import type { Plan } from "./plan.js";

/** Operators on a path from the root; and, apart from them, nodes on a path inside one expression. */
export const PLAN_DEPTH_MAX = 200;
/** Operators and nodes of expressions; a part that is used twice counts twice. Values of `isIn` are not counted. */
export const PLAN_NODES_MAX = 20_000;
export const PLAN_BYTES_MAX = 8 * 1024 ** 2;

type NodeClass = "operator" | "expression";
const CLASS_OF: ReadonlyMap<unknown, NodeClass> = new Map<unknown, NodeClass>(
  Object.entries({
    scan: "operator",
    filter: "operator",
    project: "operator",
    aggregate: "operator",
    sort: "operator",
    distinct: "operator",
    limit: "operator",
    union: "operator",
    explode: "operator",
    sample: "operator",
    column: "expression",
    literal: "expression",
    call: "expression",
    case: "expression",
    isIn: "expression",
    cast: "expression",
  } satisfies Record<Plan["kind"], "operator"> & Record<Expression["kind"], "expression">),
);
const FUNCTIONS: ReadonlySet<unknown> = new Set(FUNCTION_NAMES);

export const planInvalid = (why: string, details: Record<string, number> = {}, options?: ErrorOptions): Eau2Error =>
  new Eau2Error("PLAN_INVALID", `the plan cannot be used: ${why}`, details, options);

const shown = (name: unknown): string => (typeof name === "string" ? JSON.stringify(name.slice(0, 40)) : typeof name);

/** @throws {@link Eau2Error} `PLAN_INVALID` for what is too deep, too large or of an unknown kind. */
export const checkPlanLimits = (plan: unknown): void => {
  const problem = problemOf(plan);
  if (problem !== undefined) throw problem;
};

export const isWithinLimits = (plan: Plan): boolean => problemOf(plan) === undefined;

/** @param plan - anything that msgpack can hold; what is not a node is looked into but not judged. */
const problemOf = (plan: unknown): Eau2Error | undefined => {
  const open: { readonly value: object; readonly inside: NodeClass; readonly depth: number }[] = [];
  const push = (value: unknown, inside: NodeClass, depth: number): void => {
    // Bytes are no part of any plan, and would be looked into one by one.
    if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) open.push({ value, inside, depth });
  };
  push(plan, "operator", 0);
  let nodeCount = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, inside, depth } = next;
    if (Array.isArray(value)) {
      for (const item of value) push(item, inside, depth);
      continue;
    }
    const { kind, name } = value as { readonly kind?: unknown; readonly name?: unknown };
    const nodeClass = kind === undefined ? undefined : CLASS_OF.get(kind);
    if (kind !== undefined) {
      if (nodeClass === undefined)
        return planInvalid(`it has a node of the unknown kind ${shown(kind)}; run the same version of eau2 everywhere`);
      if (kind === "call" && !FUNCTIONS.has(name))
        return planInvalid(`it calls the unknown function ${shown(name)}; run the same version of eau2 everywhere`);
      if (++nodeCount > PLAN_NODES_MAX)
        return planInvalid(
          `it has more than ${PLAN_NODES_MAX} nodes; save a part of it as a frame and query that, and use isIn for long lists`,
          { nodesMax: PLAN_NODES_MAX },
        );
    }
    const below = nodeClass === undefined ? depth : nodeClass === inside ? depth + 1 : 1;
    if (below > PLAN_DEPTH_MAX)
      return planInvalid(
        nodeClass === "operator"
          ? `it is more than ${PLAN_DEPTH_MAX} operators deep; save a part of it as a frame and query that`
          : `an expression is more than ${PLAN_DEPTH_MAX} levels deep; derive a column of a part of it`,
        { depthMax: PLAN_DEPTH_MAX },
      );
    for (const [part, item] of Object.entries(value))
      if (kind !== "isIn" || part !== "values") push(item, nodeClass ?? inside, below);
  }
  return undefined;
};
