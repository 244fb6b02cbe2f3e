/**
 * Arguments of tasks and jobs. They travel inside the message while they are small and flat; else they are its body, which
 * may be larger and deeper: plans over thousands of columns, expressions of many levels.
 */
import { bodyOf, type OutgoingBody } from "@eau2/network";
import { Eau2Error } from "@eau2/protocol";
import { checkControl, decodeControl, encodeControl } from "@eau2/serialization";

/** A message holds 256 KiB, and other things too. */
const INLINE_BYTES_MAX = 64 * 1024;
/** A message may nest 256 levels, and what is around the arguments are some. */
const INLINE_DEPTH_MAX = 240;
export const ARGS_BYTES_MAX = 64 * 1024 ** 2;
/** What a thread's stack holds for whoever walks over them. */
const DEPTH_MAX = 1_500;

const isFlat = (bytes: Uint8Array): boolean => {
  try {
    checkControl(bytes, INLINE_DEPTH_MAX);
    return true;
  } catch {
    return false;
  }
};

interface Sent<Work> {
  readonly request: Work;
  readonly options: { readonly body?: OutgoingBody };
}

export const sentWork = <Work extends { readonly args?: unknown }>(work: Work): Sent<Work> => {
  const bytes = encodeControl(work.args ?? null);
  if (bytes.length <= INLINE_BYTES_MAX && isFlat(bytes)) return { request: work, options: {} };
  return { request: { ...work, args: null }, options: { body: bodyOf(bytes) } };
};

/** @throws {@link Eau2Error} `DATA_INVALID` */
export const receivedWork = <Work extends { readonly args?: unknown }>(work: Work, body: Uint8Array): Work =>
  body.length === 0 ? work : { ...work, args: decodeControl(body, DEPTH_MAX) };

/** Where a body of arguments is received. @throws {@link Eau2Error} `VALUE_TOO_LARGE` */
export const prepareArgs = ({ name }: { readonly name: string }, bytes: number) => {
  if (bytes <= ARGS_BYTES_MAX) return { view: new Uint8Array(bytes), abandon: () => {} };
  throw new Eau2Error(
    "VALUE_TOO_LARGE",
    `${name}: its arguments have ${bytes} bytes, ${ARGS_BYTES_MAX} are allowed; put large ones into the store and pass their key`,
    { bytes, bytesMax: ARGS_BYTES_MAX },
  );
};
