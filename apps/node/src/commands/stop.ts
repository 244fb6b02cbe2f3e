/** `eau2 stop`: drains and ends all nodes, or one. */
import { Eau2Error, NodeId } from "@eau2/protocol";
import { type ClientFlags, print, withCluster } from "./client.js";

export const runStop = (flags: ClientFlags & { readonly node?: string }): Promise<void> =>
  withCluster(flags, async (eau2) => {
    if (flags.node !== undefined && !NodeId.safeParse(flags.node).success) {
      throw new Eau2Error("USAGE", `--node "${flags.node}" cannot be a node; see eau2 status for those there are`);
    }
    // As they end is another order every time.
    const ended = [...(await eau2.stop(flags.node))].sort();
    if (flags.json) print(`${JSON.stringify({ ended })}\n`);
    else print(`${ended.length === 1 ? "1 node has" : `${ended.length} nodes have`} ended: ${ended.join(", ")}\n`);
  });
