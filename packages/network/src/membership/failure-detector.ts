/**
 * Whether a peer is there, from when it was last heard. Pure: the shell feeds it what happened and does what it says.
 * A process that was itself held up (a long pause, a suspended machine) suspects itself first: the time that it lost counts
 * for nobody. Link closed is not gone: the links are made again; a peer that lets nobody in is ended by its session.
 */
import type { NodeState } from "@eau2/protocol";

export const HEARTBEAT_MS = 1_000;
export const SUSPECT_AFTER_MS = 5_000;
export const GONE_AFTER_MS = 15_000;
/** A client whose links broke has this long to come back before its requests are given up. */
export const CLIENT_GONE_AFTER_MS = 5_000;

export interface PeerSigns {
  /** There are links. */
  readonly up: boolean;
  readonly lastHeardMs: number;
  /** Since when there are none; meaningless while `up`. */
  readonly downSinceMs: number;
  /** Clients cannot be dialed: a broken link is all we ever see. */
  readonly dialable: boolean;
}

/** What is to be thought of a peer; time that this process was itself held up has been taken off the signs ({@link lostTime}). */
export const judgePeer = (signs: PeerSigns, nowMs: number): NodeState => {
  const sinceMs = signs.up ? signs.lastHeardMs : Math.min(signs.lastHeardMs, signs.downSinceMs);
  const silentMs = nowMs - sinceMs;
  if (!signs.up && !signs.dialable && nowMs - signs.downSinceMs >= CLIENT_GONE_AFTER_MS) return "gone";
  if (silentMs >= GONE_AFTER_MS) return "gone";
  return silentMs >= SUSPECT_AFTER_MS ? "suspect" : "up";
};

/** Time by which a tick came later than it should have; small delays are normal and count as none. */
export const lostTime = (lastTickMs: number, nowMs: number): number => {
  const lateMs = nowMs - lastTickMs - HEARTBEAT_MS;
  return lateMs > HEARTBEAT_MS ? lateMs : 0;
};
