/** Parts of a Markdown text: sections, and fenced blocks, which are what readers type and what they are shown. */

export interface FencedBlock {
  /** What stands behind the opening fence, often a language. */
  readonly info: string;
  /** Whole lines. */
  readonly text: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
}

/** What stands below a heading of the second level, the heading included; empty when there is none. */
export const markdownSection = (markdown: string, title: string): string =>
  markdown.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";

/** In order. Blocks of three backticks that begin a line; the only kind that we write. */
export const fencedBlocks = (markdown: string): FencedBlock[] =>
  [...markdown.matchAll(/^```([^\n`]*)\n(.*?)^```$/gms)].map((match) => ({
    info: match[1]!.trim(),
    text: match[2]!,
    line: markdown.slice(0, match.index).split("\n").length,
  }));
