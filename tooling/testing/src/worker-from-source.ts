/**
 * What `new Worker(url, { workerData })` needs to start a TypeScript file: on Node 20 tsx does not reach worker
 * threads by itself, so a boot file registers it there and then imports the entry.
 */
export const workerFromSource = (entry: URL): { url: URL; workerData: { entry: string } } => ({
  url: new URL("../bin/worker-boot.mjs", import.meta.url),
  workerData: { entry: entry.href },
});
