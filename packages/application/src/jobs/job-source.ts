import type { ByteSource } from "@eau2/dataframe";
import type { JobContext } from "./job.js";

/** Whether a file is compressed, by its name. */
export const isGzip = (path: string): boolean => /\.gz$/i.test(path);

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

/** The same, of what the file holds if it is compressed: then only from its begin on. */
export const withInflatedSource = async <T>(
  path: string,
  bytes: number,
  context: Pick<JobContext, "files">,
  look: (source: ByteSource) => Promise<T>,
): Promise<T> => {
  if (!isGzip(path)) return withSource(path, bytes, context, look);
  const file = context.files.openInflated(path, bytes);
  try {
    return await look({ name: `"${path}"`, bytes: file.bytes, read: (offset, into) => file.read(offset, into) });
  } finally {
    file.close();
  }
};
