/** What lasts says how far it is: one line on a terminal, nothing anywhere else. */
import type { JobProgress } from "@eau2/protocol";

const WIDTH = 24;
/** Lines a second are enough to look alive. */
const SHOW_EVERY_MS = 100;

export interface Progress {
  show(progress: JobProgress): void;
  /** Takes the line away. */
  end(): void;
}

export const progressLine = ({ phase, done, total }: JobProgress): string => {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const filled = Math.round(share * WIDTH);
  return `${phase.padEnd(8)} ${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`;
};

export const showProgress = (stream: Pick<NodeJS.WriteStream, "isTTY" | "write">): Progress => {
  if (!stream.isTTY) return { show: () => {}, end: () => {} };
  let lastMs = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    show: (progress) => {
      const nowMs = performance.now();
      if (nowMs - lastMs < SHOW_EVERY_MS) return;
      lastMs = nowMs;
      isShown = true;
      stream.write(`\r\x1b[K${progressLine(progress)}`);
    },
    end: () => {
      if (isShown) stream.write("\r\x1b[K");
    },
  };
};
