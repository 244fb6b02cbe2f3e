import { kvContract } from "./kv-contract.js";
import { memoryCluster, simulatedCluster, webSocketCluster } from "./store-cluster.js";

kvContract("one node, memory transport", memoryCluster);
kvContract("two nodes, ws", webSocketCluster);
kvContract("three nodes, simulated transport", () => simulatedCluster(1));

for (const seed of [11, 12, 13]) {
  kvContract(`three nodes whose links break and stall, seed ${seed}`, async () => {
    const cluster = await simulatedCluster(seed);
    cluster.network.setFaults({ breakChance: 0.01, stallChance: 0.005, stallMs: 1_000 });
    return cluster;
  });
}
