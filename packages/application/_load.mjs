import { open } from "@eau2/application";

const path = process.argv[2] ?? "/tmp/csvdata/g1.csv";
const eau2 = await open({ dataRoots: ["/tmp"], shards: Number(process.env.SHARDS ?? 2), memoryBytes: 4 * 1024 ** 3 });
for (let i = 0; i < Number(process.env.N ?? 3); i++) {
  const t = performance.now();
  const { frame, key, report } = await eau2.loadCsv(path, JSON.parse(process.env.OPT ?? "{}"));
  const ms = performance.now() - t;
  console.log(
    frame.nrows,
    ms.toFixed(0),
    "ms",
    (report.inputBytes / 1e3 / ms).toFixed(0),
    "MB/s",
    report.phases.map((p) => `${p.name} ${p.ms}`).join(", "),
    "bytes",
    frame.record.bytes,
    "again",
    report.runsReadAgain,
    report.widened.length,
    "rss",
    (process.memoryUsage().rss / 1e6).toFixed(0),
  );
  if (i === 0) {
    console.log(report.columns.map((c) => `${c.name}:${c.type}`).join(" "));
    console.log(JSON.stringify(await frame.head(2)));
  }
  await eau2.dropFrame(key);
}
await eau2.close();
