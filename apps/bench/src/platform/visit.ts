/** What a visit costs against a plain loop over an array: chunks as typed arrays, and rows one by one. */
import type { Report } from "../report.js";
import { median, ratio, rounded } from "../statistics.js";
import type { VisitHandlers } from "./arms/visit.js";
import { Child } from "./child.js";
import { progress } from "./progress.js";

const KINDS = ["plain", "chunks", "rows"] as const;

export const benchVisit = async ({ rows, runs }: { readonly rows: number; readonly runs: number }): Promise<Report> => {
  await using child = new Child<VisitHandlers>("visit");
  await child.ask("start", { rows });
  const times = new Map<string, number[]>(KINDS.map((kind) => [kind, []]));
  const totals = new Set<number>();
  // Round 0 warms everything up.
  for (let round = 0; round <= runs; round++) {
    for (const kind of KINDS) {
      const { ms, total } = await child.ask(kind, undefined as never);
      totals.add(total);
      if (round > 0) times.get(kind)!.push(ms);
    }
    progress(
      `round ${round}: ${KINDS.map((kind) => `${kind} ${rounded(times.get(kind)!.at(-1) ?? 0, 1)} ms`).join(", ")}`,
    );
  }
  const of = (kind: (typeof KINDS)[number]) => rounded(median(times.get(kind)!) ?? 0, 1);
  const [plainMs, chunksMs, rowsMs] = [of("plain"), of("chunks"), of("rows")];
  const equal = totals.size === 1;
  const [ratioChunks, ratioRows] = [ratio(chunksMs, plainMs), ratio(rowsMs, plainMs)];
  return {
    agreed: equal,
    json: { rows, runs, plainMs, chunksMs, rowsMs, ratioChunks, ratioRows, equal },
    table: [
      ["plain loop over a Float64Array", `${plainMs} ms`],
      ["localMap with a chunk visitor", `${chunksMs} ms, ${ratioChunks} x`],
      ["visitRows with a row visitor", `${rowsMs} ms, ${ratioRows} x`],
      ["sums", equal ? "equal" : "THEY DIFFER"],
    ],
  };
};
