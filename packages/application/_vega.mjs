import { readdirSync } from "node:fs";
import { open } from "@eau2/application";

const dir = "/tmp/vega/node_modules/vega-datasets/data/";
const eau2 = await open({ dataRoots: ["/tmp"], shards: 2, memoryBytes: 512 * 1024 ** 2 });
for (const f of readdirSync(dir).filter((f) => /\.[ct]sv$/.test(f))) {
  try {
    const { frame, key, report } = await eau2.loadCsv(dir + f);
    console.log(
      f,
      frame.nrows,
      JSON.stringify(report.dialect.delimiter),
      report.hasHeader ? "" : "NO HEADER",
      JSON.stringify(report.nulls.texts),
      report.widened.length ? "WIDENED " + JSON.stringify(report.widened) : "",
    );
    console.log("   ", report.columns.map((c) => `${c.name}:${c.type}${c.format ? ` (${c.format})` : ""}`).join(", "));
    await eau2.dropFrame(key);
  } catch (e) {
    console.log(f, "FAILED", e.code, e.message);
  }
}
console.log(String(await eau2.preview(dir + "birdstrikes.csv")));
console.log(String(await eau2.preview(dir + "zipcodes.csv")));
await eau2.close();
