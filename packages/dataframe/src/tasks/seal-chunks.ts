/** What sealing has in common: staged chunks become chunks of the frame, one output for each. */
import type { RangeRef, TaskContext, TaskResult } from "@eau2/kvstore";
import { type ChunkLayout, encodeChunk } from "@eau2/serialization";
import type { ScratchMemory } from "./scratch-memory.js";
import { withScratchMemory } from "./shelf.js";
import { assertChunkBytes } from "./staged-columns.js";

/** @param seal - makes the final columns of a staged chunk; they may lie in the scratch memory. */
export const sealChunks = (
  context: TaskContext,
  staged: readonly Uint8Array[],
  seal: (staged: Uint8Array, scratch: ScratchMemory) => ChunkLayout,
): Promise<TaskResult> =>
  withScratchMemory(context, async (scratch) => {
    const outputs: RangeRef[] = [];
    for (const input of staged) {
      scratch.clear();
      const { columns, rowCount } = seal(input, scratch);
      const chunk = encodeChunk(columns, rowCount);
      assertChunkBytes(chunk.byteLength, rowCount);
      const { ref, view } = await context.allocate(chunk.byteLength);
      chunk.write(view);
      outputs.push(ref);
    }
    return { value: {}, outputs };
  });
