/**
 * A node's copy of the directory. On the master it is the original: only there does {@link DirectoryKeeper.register} and
 * {@link DirectoryKeeper.setState} change it, and everybody is told. Others take what they hear when it is newer.
 */
import { type Directory, type DirectoryNode, Eau2Error, type NodeId, type NodeOffer } from "@eau2/protocol";
import { newerDirectory, registerNode, withNodeState } from "../membership/directory-rules.js";
import { type MeshOptions, warnOfBuild } from "./mesh-options.js";

export interface DirectoryListener {
  /** This node knows another directory than `before`. */
  learned(directory: Directory, before: Directory | undefined): void;
  /** This node is the master and has changed it: everybody is to be told. */
  changed(directory: Directory): void;
}

export class DirectoryKeeper {
  #directory: Directory | undefined;
  /** The newest directory that was announced before the own registration was answered. */
  #announced: Directory | undefined;

  constructor(
    private readonly options: Pick<MeshOptions, "id" | "build" | "log">,
    private readonly listener: DirectoryListener,
  ) {}

  /** Undefined before the node belongs to a cluster. */
  get known(): Directory | undefined {
    return this.#directory;
  }

  /** @throws {@link Eau2Error} `BUSY` before the node belongs to a cluster. */
  get current(): Directory {
    if (this.#directory === undefined)
      throw new Eau2Error("BUSY", "this node has not joined its cluster yet; try again");
    return this.#directory;
  }

  get epoch(): number {
    return this.#directory?.epoch ?? 0;
  }

  get self(): DirectoryNode {
    const { id } = this.options;
    const self = this.current.nodes.find((node) => node.id === id);
    // A full directory forgets nodes that have gone; one of them may have been cut off only.
    if (self === undefined) {
      throw new Eau2Error("NODE_GONE", "the cluster has given up this node and forgotten it; start it again", {
        node: id,
      });
    }
    return self;
  }

  get master(): DirectoryNode | undefined {
    return this.#directory?.nodes.find((node) => node.master);
  }

  get isMaster(): boolean {
    return this.nodeOf(this.options.id)?.master ?? false;
  }

  nodeOf(id: NodeId): DirectoryNode | undefined {
    return this.#directory?.nodes.find((node) => node.id === id);
  }

  found(directory: Directory): void {
    this.#learn(directory);
  }

  /** The own registration was answered; what was announced right behind the answer may be newer. */
  registered(directory: Directory): void {
    const announced = this.#announced;
    this.#announced = undefined;
    const ours = announced?.clusterId === directory.clusterId ? announced : undefined;
    this.#learn(newerDirectory(ours, directory));
  }

  announced(directory: Directory): void {
    if (this.#directory === undefined) this.#announced = newerDirectory(this.#announced, directory);
    else if (directory.clusterId === this.#directory.clusterId) this.#learn(newerDirectory(this.#directory, directory));
  }

  /**
   * Takes a newcomer in.
   * @param offer - of the peer whose session is the one with that node.
   * @throws {@link Eau2Error} `BUSY` with the address of the master when this node is not it, or as {@link registerNode}.
   */
  register(offer: NodeOffer): Directory {
    if (!this.isMaster) {
      const { master } = this;
      throw new Eau2Error("BUSY", "this node is not the master; register with the master", {
        master: master?.address ?? "",
      });
    }
    const before = this.current;
    const known = this.nodeOf(offer.id);
    // An earlier start whose session is over but whose end is not yet in the directory must not block its successor.
    const vacated = known !== undefined && known.incarnation !== offer.incarnation;
    const base = vacated ? withNodeState(before, offer.id, "gone") : before;
    this.#change(registerNode(base, offer));
    warnOfBuild(this.options, offer.name, offer.build);
    this.options.log("info", `${offer.name} (${offer.address}) has joined`);
    return this.current;
  }

  /** The master's word on a node; others have none. */
  setState(id: NodeId, state: DirectoryNode["state"]): void {
    if (this.isMaster) this.#change(withNodeState(this.current, id, state));
  }

  #change(directory: Directory): void {
    if (directory === this.#directory) return;
    this.#learn(directory);
    this.listener.changed(directory);
  }

  #learn(directory: Directory): void {
    if (directory === this.#directory) return;
    const before = this.#directory;
    this.#directory = directory;
    this.listener.learned(directory, before);
  }
}
