/** Loads a SoR file, embedded; once, after a small one that warms everything up. */
import { dirname } from "node:path";
import { open } from "@eau2/application";
import { serveParent } from "../child.js";
import { peakResidentBytes } from "../peak-memory.js";
import { SHARD_COUNT } from "../shard-count.js";

const handlers = {
  load: async ({ file, warmUpFile }: { file: string; warmUpFile: string }) => {
    const eau2 = await open({ shards: SHARD_COUNT, dataRoots: [dirname(file), dirname(warmUpFile)] });
    try {
      const small = await eau2.loadSor(warmUpFile);
      await eau2.dropFrame(small.key);
      const startMs = performance.now();
      const { frame, report } = await eau2.loadSor(file);
      const ms = performance.now() - startMs;
      const peakBytes = peakResidentBytes();
      let columnBytes = frame.record.bytes;
      for (const entry of frame.record.dictionaries)
        if (entry !== null) columnBytes += (await frame.bytesOf(entry.key)).length;
      const { nrows, schema } = frame;
      return { ms, peakBytes, columnBytes, rows: nrows, sidb: schema.sidb, lines: report.lines.lineCount };
    } finally {
      await eau2.close();
    }
  },
};

export type SorHandlers = typeof handlers;

serveParent(handlers);
