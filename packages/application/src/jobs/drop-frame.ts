/** Drops a frame, and those of its dictionaries that no other frame refers to. */
import { decodeFrameRecord, framePrefix } from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import { isEau2Error, KeyRecord } from "@eau2/protocol";
import { z } from "zod";
import { defineJob } from "./job.js";

const DropFrameArgs = z.strictObject({ frame: KeyRecord });
const DropFrameResult = z.strictObject({ dropped: z.int() });

export const dropFrameJob = defineJob({
  name: "frame.drop",
  args: DropFrameArgs,
  result: DropFrameResult,
  run: async ({ frame }, { store, signal }) => {
    const bytes = await store.get(Key.from(frame), { signal });
    if (bytes === undefined) return { dropped: 0 };
    const record = decodeFrameRecord(bytes);
    let dropped = await store.drop(framePrefix(record.id), { signal });
    const mine = record.dictionaries.filter((dictionary) => dictionary !== null);
    if (mine.length === 0) return { dropped };
    const used = new Set<string>();
    const others = (await store.keys("f", { signal })).filter(({ name }) => name.endsWith("/frame"));
    for (const { name, home } of others) {
      const other = await store.get(new Key(name, home), { signal }).catch((error: unknown) => {
        if (isEau2Error(error, "KEY_DROPPED")) return undefined; // by somebody else, just now
        throw error;
      });
      if (other === undefined) continue;
      for (const dictionary of decodeFrameRecord(other).dictionaries)
        if (dictionary !== null) used.add(dictionary.key.name);
    }
    for (const { key } of mine) if (!used.has(key.name)) dropped += await store.drop(key.name, { signal });
    return { dropped };
  },
});
