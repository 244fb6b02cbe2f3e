/**
 * What we are compared with. Peers are large and of no use to anybody else, so they are no dependencies of the workspace:
 * the first run that needs them installs them into the cache folder, and they are loaded from there by path.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Eau2Error } from "@eau2/protocol";
import { cacheFolder } from "./cache-folder.js";
import { progress } from "./progress.js";

const PEERS = { "@duckdb/node-api": "1.5.6-r.1", "nodejs-polars": "0.26.1", redis: "6.3.1" } as const;
export type Peer = keyof typeof PEERS;

/** npm leaves out the machine code of nodejs-polars on a Node older than it asks for, though it runs: named, it comes. */
const POLARS_MACHINE_CODE = `nodejs-polars-${process.platform}-${process.arch}${process.platform === "linux" ? "-gnu" : ""}`;

export const peerVersion = (peer: Peer): string => PEERS[peer];

const packagesOf = (peer: Peer): readonly string[] => (peer === "nodejs-polars" ? [peer, POLARS_MACHINE_CODE] : [peer]);

const isInstalled = (folder: string, peer: Peer): boolean =>
  packagesOf(peer).every((name) => {
    const manifest = join(folder, "node_modules", name, "package.json");
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version === PEERS[peer];
  });

/** Makes sure that the peer is there. @returns the folder to load it from, for {@link loadPeer} */
export const installPeer = (peer: Peer): string => {
  const folder = cacheFolder("bench-peers");
  if (isInstalled(folder, peer)) return folder;
  const manifest = join(folder, "package.json");
  // Without a manifest npm would look for one further up.
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const wanted = packagesOf(peer).map((name) => `${name}@${PEERS[peer]}`);
  progress(`installing ${wanted.join(" ")} into ${folder}`);
  const { status, stderr } = spawnSync(
    "npm",
    ["install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", ...wanted],
    { cwd: folder, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] },
  );
  if (status === 0 && isInstalled(folder, peer)) return folder;
  throw new Eau2Error(
    "USAGE",
    `install ${wanted.join(" ")} into ${folder}: npm failed: ${stderr?.trim() ?? ""}; check the network, or leave peers out`,
  );
};

/** @param Module - the part of the peer's interface that is used. */
export const loadPeer = async <Module>(folder: string, peer: Peer): Promise<Module> => {
  const path = createRequire(join(folder, "package.json")).resolve(peer);
  return (await import(pathToFileURL(path).href)) as Module;
};
