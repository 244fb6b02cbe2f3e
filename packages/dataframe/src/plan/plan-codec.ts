/** Plans as bytes: msgpack of version and plan. Bytes are hostile until they have passed limits and schema, in this order. */
import { Eau2Error } from "@eau2/protocol";
import { decodeControl, encodeControl } from "@eau2/serialization";
import { z } from "zod";
import { deepFreeze } from "./deep-freeze.js";
import { PLAN_VERSION, Plan } from "./plan.js";
import { checkPlanLimits, PLAN_BYTES_MAX, PLAN_DEPTH_MAX, planInvalid } from "./plan-limits.js";

/** Levels of msgpack: at most 2 an operator (a union's node and list) and 3 a level of an expression (those of a case). */
const NESTING_MAX = 5 * PLAN_DEPTH_MAX + 16;

const Envelope = z.strictObject({ version: z.int(), plan: z.unknown() });

const checkBytes = (byteLength: number): void => {
  if (byteLength > PLAN_BYTES_MAX)
    throw planInvalid(
      `it has ${byteLength} bytes, more than ${PLAN_BYTES_MAX}; put long lists of values into a frame of their own`,
      { bytes: byteLength, bytesMax: PLAN_BYTES_MAX },
    );
};

/** @throws {@link Eau2Error} `PLAN_INVALID` when the plan is larger or deeper than a node would take. */
export const encodePlan = (plan: Plan): Uint8Array => {
  checkPlanLimits(plan);
  const bytes = encodeControl({ version: PLAN_VERSION, plan });
  checkBytes(bytes.length);
  return bytes;
};

const decodeEnvelope = (bytes: Uint8Array): z.infer<typeof Envelope> => {
  checkBytes(bytes.length);
  try {
    return Envelope.parse(decodeControl(bytes, NESTING_MAX));
  } catch (error) {
    throw planInvalid("its bytes are no plan; send what encodePlan gave, unchanged", {}, { cause: error });
  }
};

/** The deepest plan takes two thirds of a main thread's stack; a caller who has less left is told so. */
const parsePlan = (plan: unknown): z.ZodSafeParseResult<Plan> => {
  try {
    return Plan.safeParse(plan);
  } catch (error) {
    throw planInvalid("it is too deep for the stack that is left; read it from a shallower call", {}, { cause: error });
  }
};

/**
 * @returns a frozen plan of the right form. Whether its columns exist and its types fit is not looked at: that needs frames.
 * @throws {@link Eau2Error} `PLAN_INVALID`; `VERSION_MISMATCH` for a plan of another version of eau2.
 */
export const decodePlan = (bytes: Uint8Array): Plan => {
  const { version, plan } = decodeEnvelope(bytes);
  if (version !== PLAN_VERSION)
    throw new Eau2Error(
      "VERSION_MISMATCH",
      `the plan has version ${version}, this node reads version ${PLAN_VERSION}; run the same version of eau2 everywhere`,
      { version, expected: PLAN_VERSION },
    );
  checkPlanLimits(plan);
  const parsed = parsePlan(plan);
  if (parsed.success) return deepFreeze(parsed.data);
  const issue = parsed.error.issues[0]!;
  throw planInvalid(
    `at ${issue.path.slice(-6).map(String).join(".") || "its root"}: ${issue.message}; build plans with the API of the same version`,
    {},
    { cause: parsed.error },
  );
};
