/**
 * When programs wait for ever. Pure: the shell asks all nodes ({@link ProgramQuietReply}) and whether the keys are there.
 *
 * A program whose nodes all wait may be about to wake: a put was acknowledged to its sender while the value is on its way to
 * the waiter. So three things must hold: nobody in the cluster can put a key, nothing has begun or ended to wait between
 * two checks, and none of the keys exists. Keys are written once: one that is missing after the checks was missing all the time.
 */
import { Eau2Error, type ProgramQuietReply } from "@eau2/protocol";

/** Waits that the error lists. */
export const LISTED_WAITS_MAX = 20;
/** Between two checks. */
export const DEADLOCK_CHECK_MS = 500;

export type Wait = ProgramQuietReply["waits"][number];

/** What one check found: comparable to the next one's, or undefined when somebody may still put a key. */
export const quietMark = (replies: readonly ProgramQuietReply[]): string | undefined => {
  if (replies.length === 0 || replies.some(({ busy }) => busy)) return undefined;
  return replies.map(({ changes, waits }) => `${changes}/${waits.length}`).join(" ");
};

/** @returns whether two successive checks say the same: all wait, and have done so all the time. */
export const stayedQuiet = (before: string | undefined, now: string | undefined): boolean =>
  now !== undefined && before === now;

/** @param program - whose waits are listed, of those of all programs. */
export const deadlockError = (
  program: { readonly id: string; readonly name: string },
  waits: readonly Wait[],
): Eau2Error => {
  const mine = waits.filter((wait) => wait.program === program.id);
  const shown = mine
    .slice(0, LISTED_WAITS_MAX)
    .map(({ node, key }) => `  ${node} waits for "${key.name}" (shard ${key.home})`);
  const more = mine.length > shown.length ? `\n  and ${mine.length - shown.length} more` : "";
  return new Eau2Error(
    "WAIT_DEADLOCK",
    `program ${program.name}: all its nodes wait for keys that nobody is left to put; put them before they are waited for, or correct their names or homes:\n${shown.join("\n")}${more}`,
    { waits: mine.length },
  );
};
