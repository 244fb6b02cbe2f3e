import type { LocalValues } from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import type { ClusterNode } from "../node/cluster-node.js";

/** The values that a node holds itself, for code in its own process: read where they lie, and kept there meanwhile. */
export const localValues = ({ store, pool }: Pick<ClusterNode, "store" | "pool">): LocalValues => ({
  isHome: (key) => store.isLocal(Key.from(key)),
  use: (key, read) => {
    // What is dropped while it is read stays in place until the ticket is left.
    const ticket = pool.enter();
    const leave = () => pool.leave(ticket);
    let isAsync = false;
    try {
      const result = read(store.lookup(Key.from(key))?.range.view());
      if (result instanceof Promise) {
        isAsync = true;
        result.then(leave, leave);
      }
      return result;
    } finally {
      if (!isAsync) leave();
    }
  },
});
