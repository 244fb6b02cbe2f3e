/** `eau2 preview`: what a CSV file would be taken for, and why. */
import { resolve } from "node:path";
import { userFolder } from "../config.js";
import { type ClientFlags, print, withCluster } from "./client.js";
import { type CsvFlags, columnOptions, csvOptions } from "./csv-flags.js";

export const runPreview = (file: string, flags: ClientFlags & CsvFlags): Promise<void> =>
  withCluster(flags, async (eau2) => {
    const path = resolve(userFolder(process.env), file);
    const preview = await eau2.preview(path, { ...csvOptions(flags), ...columnOptions(flags) });
    print(flags.json ? `${JSON.stringify(preview)}\n` : String(preview));
  });
