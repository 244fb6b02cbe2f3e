/** Files that a program writes, on its own machine: whole or not at all. */
import { open, rename, rm } from "node:fs/promises";
import {
  csvHeader,
  csvLines,
  type FileWriter,
  type QueryOptions,
  type WriteReport,
  type WrittenRows,
} from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";

/** Rows go to `PATH.part`, which gets its name when it is complete. */
export const fileWriter: FileWriter = {
  async write(path: string, rows: WrittenRows, { signal, onProgress }: QueryOptions): Promise<WriteReport> {
    if (!/\.csv$/i.test(path)) {
      throw new Eau2Error("USAGE", `write "${path}": only CSV can be written (a name that ends in .csv)`, { path });
    }
    const part = `${path}.part`;
    const file = await open(part, "w").catch((error: unknown) => {
      throw new Eau2Error("FILE_MISSING", `write "${path}": ${(error as Error).message}`, { path }, { cause: error });
    });
    let bytes = 0;
    let rowCount = 0;
    try {
      const append = async (text: Uint8Array): Promise<void> => {
        await file.writeFile(text);
        bytes += text.length;
      };
      await append(csvHeader(rows.schema.names));
      for await (const chunk of rows.chunks()) {
        if (signal?.aborted) throw new Eau2Error("CANCELLED", `write "${path}": it was cancelled`, { path });
        await append(csvLines(chunk));
        rowCount += chunk.rowCount;
        onProgress?.({ tasksDone: rowCount, taskCount: rows.rowCount });
      }
      await file.close();
      await rename(part, path);
    } catch (error) {
      await file.close().catch(() => {});
      await rm(part, { force: true });
      throw error;
    }
    return { rowCount, bytes };
  },
};
