import type { RunningNode } from "./program-cluster.js";

/** What holds for the directories of all nodes at all times. */
export class DirectoryLaws {
  #epochs = new Map<string, number>();
  #incarnations = new Map<string, number>();
  #owners = new Map<number, string>();
  #clusters = new Set<string>();

  constructor(private readonly fault: (what: string) => void) {}

  /** The name of the node that had a home, ever. */
  ownerOf(home: number): string | undefined {
    return this.#owners.get(home)?.split("#")[0];
  }

  look(nodes: Iterable<RunningNode>): void {
    for (const { name, incarnation, node } of nodes) {
      const { clusterId, epoch, nodes: listed } = node.directory;
      this.#clusters.add(clusterId);
      if (this.#clusters.size > 1) this.fault(`there are two clusters: ${[...this.#clusters].join(", ")}`);
      this.#grows(this.#epochs, `${name}#${incarnation}`, epoch, "the epoch of");
      for (const one of listed) {
        this.#grows(
          this.#incarnations,
          `${one.name} seen by ${name}#${incarnation}`,
          one.incarnation,
          "the incarnation of",
        );
        for (const home of one.shards) {
          const owner = `${one.name}#${one.incarnation}`;
          const before = this.#owners.get(home) ?? owner;
          if (before !== owner) this.fault(`shard ${home} was of ${before} and is of ${owner}`);
          this.#owners.set(home, owner);
        }
      }
    }
  }

  #grows(seen: Map<string, number>, id: string, value: number, what: string): void {
    if (value < (seen.get(id) ?? 0)) this.fault(`${what} ${id} went back from ${seen.get(id)} to ${value}`);
    seen.set(id, value);
  }
}
