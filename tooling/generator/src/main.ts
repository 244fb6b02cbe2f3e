/** pnpm gen app NAME */
import { fileURLToPath } from "node:url";
import { generateApp } from "./generate-app.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const USAGE_EXIT_CODE = 2;

const fail = (message: string): never => {
  console.error(`gen: ${message}`);
  process.exit(USAGE_EXIT_CODE);
};

const [what, name, ...more] = process.argv.slice(2);
if (what !== "app" || name === undefined || more.length > 0)
  fail("write pnpm gen app NAME, for example: pnpm gen app late-trips");
try {
  const folder = generateApp(ROOT, name!);
  console.log(`${folder} is there, a copy of apps/template; begin with its README.md and src/mean-delays.ts
  pnpm test --filter @eau2/${name}          builds and tests it
  pnpm -s --filter @eau2/${name} start      runs it`);
} catch (error) {
  fail((error as Error).message);
}
