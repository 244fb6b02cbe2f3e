/** What fails, how, and what it leaves behind. */
import assert from "node:assert/strict";
import { type Eau2Error, isEau2Error } from "@eau2/protocol";
import type { TestCluster } from "./test-cluster.js";

export const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error: unknown) => error,
  );

export const failsWith = async (promise: Promise<unknown>, code: string, message: RegExp): Promise<Eau2Error> => {
  const error = await errorOf(promise);
  assert.ok(isEau2Error(error), String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return error;
};

/** What is in a cluster: names of keys, and bytes of each node, those of its cache among them. */
export interface Held {
  readonly names: readonly string[];
  readonly bytes: readonly number[];
}

type Nodes = TestCluster["nodes"];
const usedBytes = (nodes: Nodes) => nodes.map(({ pool }) => pool.usedBytes);

export const heldBy = async ({ eau2, idle, nodes }: TestCluster): Promise<Held> => {
  await idle();
  return { names: (await eau2.store.keys("")).map(({ name }) => name).sort(), bytes: usedBytes(nodes) };
};

/** Workers give the memory of a task that was given up back when they have noticed: up to then it is still used. */
const settled = async (isSettled: () => boolean): Promise<void> => {
  for (const endMs = performance.now() + 20_000; !isSettled() && performance.now() < endMs; ) {
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** Nothing has come to what was there. */
export const holdsOnly = async (cluster: TestCluster, before: Held, what: string): Promise<void> => {
  const { names } = await heldBy(cluster);
  assert.deepEqual(names, before.names, what);
  const { nodes } = cluster;
  await settled(() => usedBytes(nodes).every((bytes, index) => bytes === before.bytes[index]));
  assert.deepEqual(usedBytes(nodes), before.bytes, what);
};

export const nothingHeld = async (cluster: TestCluster, what: string, nodes: Nodes = cluster.nodes): Promise<void> => {
  await cluster.idle();
  assert.deepEqual(await cluster.eau2.store.keys(""), [], what);
  await settled(() => nodes.every(({ pool }) => pool.usedBytes === 0));
  for (const { pool, store } of nodes) assert.deepEqual([pool.usedBytes, store.cache.bytes], [0, 0], what);
};
