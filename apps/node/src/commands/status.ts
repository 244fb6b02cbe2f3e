/** `eau2 status`: who is in the cluster, what it holds, and who waits for what since when. */
import { printTable } from "@eau2/dataframe";
import type { ClusterStatus } from "@eau2/protocol";
import { formatBytes, formatDuration } from "../format.js";
import { type ClientFlags, print, withCluster } from "./client.js";

const formatStatus = ({ cluster, epoch, nodes, waits }: ClusterStatus): string => {
  const up = nodes.filter(({ state }) => state === "up").length;
  const table = printTable(
    ["node", "state", "address", "shards", "bytes", "budget", ""],
    nodes.map(({ name, state, address, shards, bytes, budget, master }) => [
      name,
      state,
      address,
      shards.join(","),
      formatBytes(bytes),
      formatBytes(budget),
      master ? "master" : "",
    ]),
    [4, 5],
  );
  const waiting =
    waits.length === 0
      ? "nobody waits\n"
      : printTable(
          ["waiting for", "home", "who", "since"],
          waits.map(({ key, home, waiter, sinceMs }) => [key, String(home), waiter, formatDuration(sinceMs)]),
          [1, 3],
        );
  return `cluster ${cluster}, epoch ${epoch}: ${up} of ${nodes.length} nodes up\n\n${table}\n${waiting}`;
};

export const runStatus = (flags: ClientFlags): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const status = await eau2.status();
    print(flags.json ? `${JSON.stringify(status)}\n` : formatStatus(status));
  });
