/** `eau2 stop`: drains and ends all nodes, or one. */
import { type ClientFlags, print, withCluster } from "./client.js";

export const runStop = (flags: ClientFlags & { readonly node?: string }): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const ended = await eau2.stop(flags.node);
    if (flags.json) print(`${JSON.stringify({ ended })}\n`);
    else print(`${ended.length === 1 ? "1 node has" : `${ended.length} nodes have`} ended: ${ended.join(", ")}\n`);
  });
