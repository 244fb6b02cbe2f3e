/**
 * turbo gen app --args NAME, which asks for what is missing. It fetches @turbo/gen in turbo's own version when it is first
 * used and says nothing in its exit code; `pnpm gen app NAME` does the same with what is here.
 */
import { generateApp, problemOfName } from "./generate-app.js";

/** What is used of @turbo/gen. */
interface Plop {
  setGenerator(
    name: string,
    generator: {
      readonly description: string;
      readonly prompts: readonly {
        readonly type: "input";
        readonly name: string;
        readonly message: string;
        validate(answer: string): true | string;
      }[];
      readonly actions: readonly ((answers: {
        readonly name: string;
        readonly turbo: { readonly paths: { readonly root: string } };
      }) => string)[];
    },
  ): void;
}

export default function generators(plop: Plop): void {
  plop.setGenerator("app", {
    description: "an app of your own: a copy of apps/template",
    prompts: [
      {
        type: "input",
        name: "name",
        message: "What is it called? (lower-case letters, digits, dashes)",
        // turbo starts generators in the folder of the workspace.
        validate: (name) => problemOfName(process.cwd(), name) ?? true,
      },
    ],
    actions: [({ name, turbo }) => `${generateApp(turbo.paths.root, name)}; try: pnpm test --filter @eau2/${name}`],
  });
}
