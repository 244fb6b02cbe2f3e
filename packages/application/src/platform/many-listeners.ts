import { setMaxListeners } from "node:events";

/** A signal that many parts of a job listen to, each until it is over: Node would warn of more than ten. */
export const withManyListeners = (signal: AbortSignal): AbortSignal => {
  setMaxListeners(0, signal);
  return signal;
};
