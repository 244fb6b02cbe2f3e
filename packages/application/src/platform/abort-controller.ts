import { setMaxListeners } from "node:events";

/** A job has many requests under way that follow its signal; Node takes more than ten for a leak and says so to the user. */
export const newAbortController = (): AbortController => {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
};
