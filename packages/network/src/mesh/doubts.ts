/**
 * What this node itself thinks of others, where that is worse than "up". It stands beside the directory and not in it: the
 * directory is the master's word alone, and stale when the master has gone.
 */
import type { Directory, DirectoryNode, NodeId } from "@eau2/protocol";
import { GONE_AFTER_MS } from "../membership/failure-detector.js";

export type DoubtState = Exclude<DirectoryNode["state"], "up">;

export class Doubts {
  readonly #doubts = new Map<NodeId, { readonly state: DoubtState; readonly sinceMs: number }>();

  stateOf(id: NodeId): DoubtState | undefined {
    return this.#doubts.get(id)?.state;
  }

  /** Keeps a doubt that is there already, and since when. */
  suspect(id: NodeId, nowMs: number): void {
    if (!this.#doubts.has(id)) this.#doubts.set(id, { state: "suspect", sinceMs: nowMs });
  }

  foundGone(id: NodeId, nowMs: number): void {
    this.#doubts.set(id, { state: "gone", sinceMs: nowMs });
  }

  clear(id: NodeId): void {
    this.#doubts.delete(id);
  }

  /** It was heard of again; that it was found gone is not taken back by this. */
  clearSuspicion(id: NodeId): void {
    if (this.stateOf(id) === "suspect") this.#doubts.delete(id);
  }

  /** What one pair of nodes has seen of each other is not the last word: in time the master's counts again. */
  clearOldGone(nowMs: number): void {
    for (const [id, { state, sinceMs }] of this.#doubts)
      if (state === "gone" && nowMs - sinceMs >= GONE_AFTER_MS) this.#doubts.delete(id);
  }

  /** The directory with the doubts of the node `self`, which has none about itself. */
  appliedTo(directory: Directory, self: NodeId): Directory {
    const nodes = directory.nodes.map((node): DirectoryNode => {
      if (node.id === self) return { ...node, state: "up" };
      const doubt = this.stateOf(node.id);
      if (doubt === "gone") return { ...node, state: "gone" };
      return doubt === "suspect" && node.state === "up" ? { ...node, state: "suspect" } : node;
    });
    return { ...directory, nodes };
  }
}
