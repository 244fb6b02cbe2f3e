/** What every function takes and gives. Nothing else in the package knows the types of functions. */
import type { FunctionName } from "../functions.js";
import { COMPARISON_SIGNATURES } from "./comparison-signatures.js";
import { DATE_SIGNATURES } from "./date-signatures.js";
import { LIST_SIGNATURES } from "./list-signatures.js";
import { NUMBER_SIGNATURES } from "./number-signatures.js";
import type { Signature } from "./signature.js";
import { TEXT_SIGNATURES } from "./text-signatures.js";

export const SIGNATURES: Readonly<Record<FunctionName, Signature>> = {
  ...NUMBER_SIGNATURES,
  ...COMPARISON_SIGNATURES,
  ...TEXT_SIGNATURES,
  ...DATE_SIGNATURES,
  ...LIST_SIGNATURES,
};
