import { Eau2Error, type ErrorCode, type ErrorDetails } from "@eau2/protocol";

/** What a node says of a program. Without a stack: the calls of the node's own code would tell the program's author nothing. */
export const nodeError = (code: ErrorCode, message: string, details: ErrorDetails = {}): Eau2Error => {
  const error = new Eau2Error(code, message, details);
  error.stack = `${error.name}: ${message}`;
  return error;
};
