/**
 * The gate: both sides prove that they hold the same token, before any message is parsed, and the token itself is
 * never sent. Challenge and response with HMAC-SHA-256 over both nonces; the role is part of what is proved, so an answer
 * cannot be reflected. (Bellare, Rogaway, "Entity authentication and key distribution", CRYPTO 1993, protocol MAP1.)
 *
 *     accepting side -> dialing side   "eau2gate" version(1) nonce(32)
 *     dialing side -> accepting side   nonce(32) proof(32)
 *     accepting side -> dialing side   proof(32)
 *
 * Everything here has a fixed length; a byte too many, a wrong one, or 2 seconds end the connection.
 */
import { Eau2Error } from "@eau2/protocol";
import type { Clock, Random } from "../clock.js";
import { equalSecret, hmacSha256 } from "../platform/system.js";
import { HandoverLink } from "../transport/handover-link.js";
import type { Link } from "../transport/transport.js";

/** Time that a connection has to prove the token, from its first byte on. */
export const GATE_TIMEOUT_MS = 2_000;
const GREETING = new TextEncoder().encode("eau2gate");
const GATE_VERSION = 1;
const NONCE_BYTES = 32;
const PROOF_BYTES = 32;
/** What the accepting side sends instead of its proof. */
const REFUSED = 0;

const encoder = new TextEncoder();
const concatenated = (...parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const proof = (
  token: Uint8Array,
  role: "dial" | "accept",
  acceptNonce: Uint8Array,
  dialNonce: Uint8Array,
): Uint8Array => hmacSha256(token, encoder.encode(`eau2 gate ${GATE_VERSION} ${role}`), acceptNonce, dialNonce);

export interface GateContext {
  readonly token: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
}

type Step = (bytes: Uint8Array) => "wait" | "done" | Eau2Error;

/** Runs one side's steps over the link's first messages; the link that it resolves to holds whatever comes after them. */
const exchange = (link: Link, { clock }: GateContext, start: () => void, step: Step): Promise<HandoverLink> =>
  new Promise((resolve, reject) => {
    const handover = new HandoverLink(link);
    let settled = false;
    const finish = (outcome: "done" | Eau2Error) => {
      if (settled) return;
      settled = true;
      cancelTimer();
      handover.hold();
      if (outcome === "done") {
        link.trust();
        resolve(handover);
      } else {
        // Not destroyed: the refusal that was sent has to get out first.
        link.close();
        reject(outcome);
      }
    };
    const cancelTimer = clock.after(GATE_TIMEOUT_MS, () => {
      const late = `${link.remote} did not prove the token within ${GATE_TIMEOUT_MS} ms`;
      finish(new Eau2Error("PEER_GONE", late, { peer: link.remote }));
      link.destroy(late);
    });
    handover.handle({
      message: (pieces) => {
        const outcome = step(pieces.length === 1 ? pieces[0]! : concatenated(...pieces));
        if (outcome !== "wait") finish(outcome);
      },
      close: (reason) =>
        finish(
          new Eau2Error("PEER_GONE", `${link.remote} closed before the token was proved: ${reason}`, {
            peer: link.remote,
          }),
        ),
    });
    start();
  });

const denied = (link: Link, what: string): Eau2Error =>
  new Eau2Error("DENIED", `${link.remote}: ${what}`, { peer: link.remote });

/** The dialing side. @throws {@link Eau2Error} `DENIED` when either token is wrong, `PEER_GONE` when the peer hangs up. */
export const passGateDialing = (link: Link, context: GateContext): Promise<HandoverLink> => {
  const dialNonce = context.random.bytes(NONCE_BYTES);
  let acceptNonce: Uint8Array | undefined;
  return exchange(
    link,
    context,
    () => {},
    (bytes) => {
      if (acceptNonce === undefined) {
        const length = GREETING.length + 1 + NONCE_BYTES;
        if (bytes.length !== length || GREETING.some((byte, index) => bytes[index] !== byte)) {
          return denied(link, "this is not an eau2 node");
        }
        if (bytes[GREETING.length] !== GATE_VERSION) {
          return new Eau2Error(
            "VERSION_MISMATCH",
            `${link.remote} runs another version of eau2; run the same on every machine`,
          );
        }
        acceptNonce = bytes.slice(GREETING.length + 1);
        link.send([concatenated(dialNonce, proof(context.token, "dial", acceptNonce, dialNonce))]);
        return "wait";
      }
      if (bytes.length === 1 && bytes[0] === REFUSED) {
        return denied(link, "the token was refused; use the token of that cluster (--token-file FILE or EAU2_TOKEN)");
      }
      if (!equalSecret(bytes, proof(context.token, "accept", acceptNonce, dialNonce))) {
        return denied(link, "the node does not know our token; it is not a node of this cluster");
      }
      return "done";
    },
  );
};

/** The accepting side. @throws {@link Eau2Error} `DENIED` when the peer does not know the token in time. */
export const passGateAccepting = (link: Link, context: GateContext): Promise<HandoverLink> => {
  const acceptNonce = context.random.bytes(NONCE_BYTES);
  return exchange(
    link,
    context,
    () => link.send([concatenated(GREETING, Uint8Array.of(GATE_VERSION), acceptNonce)]),
    (bytes) => {
      if (bytes.length !== NONCE_BYTES + PROOF_BYTES) return denied(link, "it does not speak eau2");
      const dialNonce = bytes.slice(0, NONCE_BYTES);
      if (!equalSecret(bytes.slice(NONCE_BYTES), proof(context.token, "dial", acceptNonce, dialNonce))) {
        link.send([Uint8Array.of(REFUSED)]);
        return denied(link, "a wrong token");
      }
      link.send([proof(context.token, "accept", acceptNonce, dialNonce)]);
      return "done";
    },
  );
};
