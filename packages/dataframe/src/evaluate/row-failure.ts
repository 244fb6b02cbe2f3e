import type { FailureSite } from "./loop.js";

/** Thrown where a row has no value, and caught before anybody outside of this folder sees it. */
export class RowFailure extends Error {
  constructor(
    readonly site: FailureSite,
    readonly row: number,
  ) {
    super(site.code);
  }
}
