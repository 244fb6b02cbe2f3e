// Compiles the kernels in assembly to WebAssembly and writes them as base64 into src/kernels, so that the
// package is one plain ES module: nothing to locate at run time, the same in Node, in a worker and in a bundle.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const KERNELS = ["text", "sor", "csv"];
const FLAGS = ["--enable", "simd", "--runtime", "stub", "-O3", "--noAssert", "--initialMemory", "4"];

/** @returns {Promise<Uint8Array>} the compiled module; throws with the compiler's messages. */
const compile = async (entry) => {
  let module;
  const { error, stderr } = await asc.main([entry, ...FLAGS, "--outFile", "kernel.wasm"], {
    // The sources are named .as: tools that read TypeScript stumble over them. The compiler only knows .ts.
    readFile: (name, folder) => {
      const file = join(folder, name.replace(/\.ts$/, ".as"));
      return existsSync(file) ? readFileSync(file, "utf8") : null;
    },
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm")) module = contents;
    },
  });
  if (error || module === undefined) throw new Error(`asc ${entry}: ${error?.message ?? "no module"}\n${stderr}`);
  return module;
};

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
for (const kernel of KERNELS) {
  const module = await compile(`assembly/${kernel}.ts`);
  const base64 = Buffer.from(module).toString("base64");
  writeFileSync(
    `src/kernels/${kernel}-wasm.generated.ts`,
    `// Written by scripts/build-kernels.mjs from assembly/.\nexport const ${kernel.toUpperCase()}_WASM_BASE64 =\n  "${base64}";\n`,
  );
  console.log(`${kernel} kernel: ${module.length} bytes`);
}
