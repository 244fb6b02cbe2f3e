import { Eau2Error, ERRORS, type ErrorRecord, toEau2Error } from "@eau2/protocol";

const DETAILS_MAX = 32;

/** An error as it travels: bounded, and with the stack of the place where it was thrown. */
export const errorToRecord = (error: unknown): ErrorRecord => {
  const { code, message, details, stack } = toEau2Error(error);
  // Infinity and NaN are numbers to us, but not to the schema.
  const bounded = Object.entries(details ?? {})
    .slice(0, DETAILS_MAX)
    .map(([name, value]) => [name.slice(0, 128), Number.isFinite(value) ? value : String(value).slice(0, 2048)]);
  return {
    // An error of another bundle may have a code that this version does not know.
    code: Object.hasOwn(ERRORS, code) ? code : "INTERNAL",
    message: message.slice(0, 4096),
    details: Object.fromEntries(bounded),
    stack: (stack ?? "").slice(0, 8192),
  };
};

/** The far side's error, thrown here: same code, message and details; the stack says where it came from. */
export const errorFromRecord = ({ code, message, details, stack }: ErrorRecord, remote: string): Eau2Error => {
  const error = new Eau2Error(code, message, details);
  const here = error.stack ?? "";
  error.stack = `${stack}\n    -- answered by ${remote}; asked here --\n${here.slice(here.indexOf("\n") + 1)}`;
  return error;
};
