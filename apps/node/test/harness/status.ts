import type { ClusterStatus } from "@eau2/protocol";
import { runJson, type TestMachine, type TestNode } from "./test-machine.js";

export const statusOf = (machine: TestMachine, node: TestNode): Promise<ClusterStatus> =>
  runJson(machine, ["status", "--cluster", node.url]);
