import type { SplitMode } from "../../src/kernels/text-kernel-types.js";

/** What scanning must yield, by string functions on one character a byte: no code shared with the product. */
export const plainSplit = (text: Uint8Array, mode: SplitMode): string[] => {
  const characters = Buffer.from(text).toString("latin1");
  if (mode === "words") return characters.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "");
  const lines = characters.split("\n");
  const rest = lines.pop() ?? "";
  return [...lines.map((line) => line.replace(/\r$/, "")), ...(rest === "" ? [] : [rest])];
};
