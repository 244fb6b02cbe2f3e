import type { ByteSource } from "@eau2/dataframe";
import type { JobContext } from "./job.js";

/** A file of this node, for a look at parts of it. @param bytes - its size as the reading is planned by. */
export const withSource = async <T>(
  path: string,
  bytes: number,
  { files }: Pick<JobContext, "files">,
  look: (source: ByteSource) => Promise<T>,
): Promise<T> => {
  const file = await files.openForSending(path, bytes);
  try {
    return await look({
      name: `"${path}"`,
      bytes,
      read: async (offset, into) => {
        const part = await file.read(offset, Math.min(bytes, offset + into.length));
        into.set(part);
        return part.length;
      },
    });
  } finally {
    await file.close();
  }
};
