/** Jobs from the side of who asks for them. */
import { type Client, type Random, randomHex } from "@eau2/network";
import type { JobProgress } from "@eau2/protocol";
import type { Job } from "../jobs/job.js";
import { sentWork } from "../jobs/work-args.js";
import { type CallOptions, requestOptions } from "./store-client.js";

export interface JobOptions extends CallOptions {
  readonly onProgress?: ((progress: JobProgress) => void) | undefined;
}

export interface JobDone<Result> {
  readonly result: Result;
  /** What the job attached. */
  readonly bytes: Uint8Array;
}

export class JobClient {
  readonly #listeners = new Map<string, (progress: JobProgress) => void>();

  constructor(private readonly parts: { readonly client: Client; readonly random: Random }) {}

  /** Called with every `job.progress` that the client hears. */
  progressed(progress: JobProgress): void {
    this.#listeners.get(progress.id)?.(progress);
  }

  /** Runs a job on the node that the client talks to. */
  async run<Args, Result>(job: Job<Args, Result>, args: unknown, options: JobOptions = {}): Promise<JobDone<Result>> {
    const id = randomHex(this.parts.random, 8);
    if (options.onProgress !== undefined) this.#listeners.set(id, options.onProgress);
    try {
      const sent = sentWork({ id, name: job.name, args });
      const { control, body } = await this.parts.client.session.request("job.run", sent.request, {
        timeoutMs: null,
        ...requestOptions(options),
        ...sent.options,
      });
      return { result: job.result.parse(control.value), bytes: body };
    } finally {
      this.#listeners.delete(id);
    }
  }
}
