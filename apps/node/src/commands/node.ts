/** `eau2 node`: one node of a cluster, until it is told to stop or interrupted. */
import { randomBytes } from "node:crypto";
import { findToken, startNode } from "@eau2/application";
import { systemClock, WebSocketTransport } from "@eau2/network";
import { parseNodeConfig, planNode } from "../config.js";
import { formatBytes } from "../format.js";
import { logger } from "../log.js";

/** After this an interrupted node ends whatever still runs. */
const DRAIN_LIMIT_MS = 5_000;

/** Whoever holds the other end has gone, however they went: a killed process closes its pipes. */
const stdinEnded = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdin.resume().once("close", resolve).once("end", resolve);
  });

export const runNode = async (flags: object): Promise<void> => {
  // Commander takes a flag for given when its variable is set to anything: EAU2_ALLOW_RUN=0 must not allow it.
  const config = parseNodeConfig({ allowRun: process.env.EAU2_ALLOW_RUN, ...flags });
  const plan = planNode(config, process.env, randomBytes(2).toString("hex"));
  const log = logger(config.logLevel, (line) => process.stderr.write(line));
  if (plan.exposed) {
    log("warn", "this node can be reached from other machines, and nothing is encrypted: keep the network private");
  }
  if (config.allowRun)
    log("warn", "whoever has the token can run any code on this node (--allow-run): it is no sandbox");
  const token = findToken({ file: config.tokenFile, environment: process.env });
  const exit = (code: number) => {
    // Everything is closed by now; what is left (a pipe nobody reads) must not hold the process.
    process.exit(code);
  };
  const orphaned = config.untilStdinEnds ? stdinEnded() : undefined;
  const node = await startNode(
    {
      transport: new WebSocketTransport(systemClock),
      token,
      name: plan.name,
      shardCount: plan.shardCount,
      memoryBytes: plan.memoryBytes,
      dataRoots: plan.dataRoots,
      clusterId: config.clusterId,
      allowRun: config.allowRun,
      programMemoryBytes: config.programMemory,
      log,
      onTeardown: () => exit(0),
    },
    { listen: plan.listen, join: plan.join, advertise: plan.advertise },
  );
  const drain = (what: string, reason: string) => {
    log("info", `${what}: draining`);
    setTimeout(() => exit(1), DRAIN_LIMIT_MS).unref();
    void node.drain(reason).then(() => exit(0));
  };
  let interrupts = 0;
  const interrupt = (signal: NodeJS.Signals) => {
    interrupts++;
    if (interrupts > 1) exit(130);
    drain(signal, `interrupted by ${signal}`);
  };
  void orphaned?.then(() => drain("standard input ended", "who started it has gone"));
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const { address, shards, id } = node.mesh.self;
  const { clusterId } = node.directory;
  if (config.json) {
    process.stdout.write(`${JSON.stringify({ event: "ready", id, address, cluster: clusterId, shards })}\n`);
    return;
  }
  const first = plan.join === undefined ? "first node of" : "joined";
  process.stdout.write(
    `${id} is up at ws://${address} (${first} cluster ${clusterId}; shards ${shards.join(", ")}; ${formatBytes(plan.memoryBytes)} for values)\n`,
  );
  if (plan.join === undefined) {
    const where = plan.exposed ? "--listen HOST:3282 --insecure" : "--listen 127.0.0.1:0";
    process.stdout.write(`another node: eau2 node ${where} --join ws://${address}\n`);
  }
};
