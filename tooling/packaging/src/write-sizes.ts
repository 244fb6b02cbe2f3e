/** pnpm sizes: writes the packed size of every package into its README. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packAll, readManifest } from "./pack.js";
import { packedBytesIn, withPackedBytes } from "./packed-size.js";

const folder = mkdtempSync(join(tmpdir(), "eau2-sizes-"));
try {
  for (const packed of packAll(folder)) {
    const { name } = readManifest(packed.folder);
    const file = new URL("README.md", packed.folder);
    const readme = readFileSync(file, "utf8");
    const before = packedBytesIn(readme);
    if (before === undefined) throw new Error(`${name}: its README has no line "Packed: N kB."`);
    writeFileSync(file, withPackedBytes(readme, packed.bytes));
    console.log(`${name}: ${packed.bytes} bytes, its README said ${before}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
