/**
 * A new app: a copy of apps/template, which is an app like any other, so that everything that checks apps also checks what
 * is generated. It uses the word "template" as its name and for nothing else.
 */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const TEMPLATE = "template";
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const NAME_LENGTH_MAX = 40;
/** What building and testing leave behind. */
const MADE = ["node_modules", "dist", ".turbo", ".test-counts"];
/** Folders whose folders are packages, each called `@eau2/` and the name of its folder. */
const GROUPS = ["apps", "packages", "tooling"];

/** `Late Trips!` to `late-trips`: what may have been meant. */
const asName = (text: string): string =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "")
    .slice(0, NAME_LENGTH_MAX)
    .replace(/-$/, "");

/**
 * @param root - folder of the workspace.
 * @returns why an app cannot have this name, in words; undefined when it can.
 */
export const problemOfName = (root: string, name: string): string | undefined => {
  if (!NAME.test(name) || name.length > NAME_LENGTH_MAX) {
    const meant = asName(name);
    const rule = `a name has up to ${NAME_LENGTH_MAX} lower-case letters, digits and single dashes, and begins with a letter`;
    return `"${name}" cannot be the name of an app: ${rule}${NAME.test(meant) ? `, like ${meant}` : ""}`;
  }
  const taken = GROUPS.map((group) => `${group}/${name}`).find((folder) => existsSync(join(root, folder)));
  return taken === undefined ? undefined : `"${name}" is taken: ${taken} is there; choose another name`;
};

const rename = (file: string, name: string): void => {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replaceAll(TEMPLATE, name));
};

/**
 * @param root - folder of the workspace.
 * @returns what was made, as a path from the root.
 * @throws Error with {@link problemOfName}; nothing is written then.
 */
export const generateApp = (root: string, name: string): string => {
  const problem = problemOfName(root, name);
  if (problem !== undefined) throw new Error(problem);
  const folder = `apps/${name}`;
  const into = join(root, folder);
  cpSync(join(root, "apps", TEMPLATE), into, {
    recursive: true,
    filter: (path) => !MADE.includes(basename(path)),
  });
  for (const entry of readdirSync(into, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) rename(join(entry.parentPath, entry.name), name);
  return folder;
};
