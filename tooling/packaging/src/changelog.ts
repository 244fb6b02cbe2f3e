/** What has changed, for people: from the files of .changeset to a section of CHANGELOG.md. */

const LEVELS = ["major", "minor", "patch"] as const;
type Level = (typeof LEVELS)[number];
const TITLES: Readonly<Record<Level, string>> = { major: "Breaks", minor: "New", patch: "Better" };

export interface Change {
  /** Without the scope. */
  readonly packages: readonly string[];
  /** The largest of its packages'. */
  readonly level: Level;
  readonly text: string;
}

/**
 * One file of .changeset: levels by package between lines of dashes, then words. Throws when it is none.
 * @returns undefined for a change that concerns no package (`pnpm changeset --empty`).
 */
export const parseChange = (file: string, name: string): Change | undefined => {
  const [, head, text] = /^---\n(.*?)^---\n(.*)$/ms.exec(file) ?? [];
  if (head === "") return undefined;
  const lines = [...(head ?? "").matchAll(/^["']?(?:@eau2\/)?([a-z]+)["']?: (major|minor|patch)$/gm)];
  if (text === undefined || text.trim() === "" || lines.length === 0)
    throw new Error(`.changeset/${name}: packages with their levels, then a sentence; see pnpm changeset`);
  const level = LEVELS.find((one) => lines.some(([, , found]) => found === one))!;
  return { packages: lines.map(([, found]) => found!), level, text: text.trim() };
};

/** The changelog with a section for the new version above those there are. */
export const withVersion = (
  changelog: string,
  { version, date, changes }: { readonly version: string; readonly date: string; readonly changes: readonly Change[] },
): string => {
  const groups = LEVELS.flatMap((level) => {
    const lines = changes
      .filter((change) => change.level === level)
      .map(({ text, packages }) => `- ${text.replaceAll("\n", "\n  ")} (${packages.join(", ")})`);
    return lines.length === 0 ? [] : [`### ${TITLES[level]}\n\n${lines.join("\n")}\n`];
  });
  const section = `## ${version}, ${date}\n\n${groups.join("\n")}\n`;
  const at = changelog.search(/^## /m);
  return at < 0 ? `${changelog}\n${section}` : changelog.slice(0, at) + section + changelog.slice(at);
};
