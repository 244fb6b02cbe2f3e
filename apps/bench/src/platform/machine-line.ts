import { availableParallelism, cpus, totalmem } from "node:os";

/** As many threads as are worth having here. */
export const coreCount = (): number => availableParallelism();

/** What the figures hold for: processor, cores, memory, versions, day. @param versions - of the peers, as `DuckDB 1.5.6` */
export const machineLine = (versions: readonly string[]): string =>
  [
    cpus()[0]?.model.trim() ?? process.arch,
    `${coreCount()} cores`,
    `${Math.round(totalmem() / 1024 ** 3)} GiB`,
    `Node ${process.versions.node}`,
    ...versions,
    new Date().toISOString().slice(0, 10),
  ].join(", ");
