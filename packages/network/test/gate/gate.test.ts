import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { Eau2Error } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { GATE_TIMEOUT_MS, passGateAccepting, passGateDialing } from "../../src/gate/gate.js";
import type { Link } from "../../src/transport/transport.js";
import { Simulation } from "../../src/transport-simulated/simulation.js";
import { SimulatedNetwork } from "../../src/transport-simulated/transport-simulated.js";
import { turn } from "../kit/turns.js";

const TOKEN = new TextEncoder().encode("the token of this cluster, 0123456789");
const OTHER = new TextEncoder().encode("the token of some other, 0123456789ab");
const GREETING_BYTES = 8 + 1 + 32;

/** Two links joined by a simulated network, with every message that was sent on either. */
const linkedPair = async (seed = 1) => {
  const simulation = new Simulation(seed, turn);
  const network = new SimulatedNetwork(simulation);
  const sent: { readonly from: "dial" | "accept"; readonly bytes: Uint8Array }[] = [];
  const recorded = (from: "dial" | "accept", link: Link): Link => {
    const send = link.send.bind(link);
    link.send = (message, flushed) => {
      sent.push({ from, bytes: Buffer.concat(message) });
      send(message, flushed);
    };
    return link;
  };
  let accepted: Link | undefined;
  const listener = await network.transport("b").listen("b:1", (link) => {
    accepted = recorded("accept", link);
  });
  const dialed = recorded("dial", await simulation.until(network.transport("a").connect(listener.address)));
  const context = (token: Uint8Array) => ({ token, clock: simulation.clock, random: simulation.random });
  return { simulation, network, dialed, accepted: accepted!, sent, context };
};

/** What became of a side: "passed", or the code and the time. */
const outcome = async (side: Promise<unknown>, now: () => number): Promise<{ code: string; atMs: number }> =>
  side.then(
    () => ({ code: "passed", atMs: now() }),
    (error: Eau2Error) => ({ code: error.code, atMs: now() }),
  );

/** A link that a test drives by hand. */
const byHand = (link: Link) => {
  const hand = { received: [] as Uint8Array[], closed: undefined as string | undefined };
  link.open({
    message: (pieces) => hand.received.push(Buffer.concat(pieces)),
    close: (reason) => {
      hand.closed = reason;
    },
  });
  return hand;
};

testSuite("gate", (test) => {
  test("opens when both sides hold the token; what follows is kept for the next hand", async () => {
    const { simulation, dialed, accepted, context } = await linkedPair();
    const accepting = passGateAccepting(accepted, context(TOKEN));
    const dialing = passGateDialing(dialed, context(TOKEN));
    const [here, there] = await simulation.until(Promise.all([dialing, accepting]));
    here.link.send([Uint8Array.of(1)]);
    here.link.send([Uint8Array.of(2)]);
    await simulation.advance(100);
    const received: number[] = [];
    there.handle({ message: ([bytes]) => received.push(bytes![0]!), close: () => {} });
    assert.deepEqual(received, [1, 2]);
  });

  test("stays shut for a wrong token on either side, and both are told DENIED", async () => {
    for (const [dialToken, acceptToken] of [
      [OTHER, TOKEN],
      [TOKEN, OTHER],
    ] as const) {
      const { simulation, dialed, accepted, context } = await linkedPair();
      const now = () => simulation.nowMs;
      const sides = [passGateDialing(dialed, context(dialToken)), passGateAccepting(accepted, context(acceptToken))];
      const results = await simulation.until(Promise.all(sides.map((side) => outcome(side, now))));
      assert.deepEqual(
        results.map(({ code }) => code),
        ["DENIED", "DENIED"],
      );
      await simulation.advance(1000);
      const closed: string[] = [];
      for (const link of [dialed, accepted]) {
        // A closed link flushes at once.
        link.send([Uint8Array.of(1)], () => closed.push("closed"));
      }
      assert.equal(closed.length, 2);
    }
  });

  test("a dialer that holds no token learns nothing with which it could prove one", async () => {
    const { simulation, dialed, accepted, context, sent } = await linkedPair();
    const accepting = outcome(passGateAccepting(accepted, context(TOKEN)), () => simulation.nowMs);
    const hand = byHand(dialed);
    await simulation.advance(100);
    dialed.send([new Uint8Array(64)]);
    assert.equal((await simulation.until(accepting)).code, "DENIED");
    await simulation.advance(100);
    // The greeting, then one byte that says no.
    assert.deepEqual(
      hand.received.map((bytes) => bytes.length),
      [GREETING_BYTES, 1],
    );
    assert.equal(sent.filter(({ from }) => from === "accept").length, 2);
  });

  test("a proof that is sent back to whoever made it is refused", async () => {
    const { simulation, dialed, accepted, context } = await linkedPair();
    const accepting = outcome(passGateAccepting(accepted, context(TOKEN)), () => simulation.nowMs);
    const hand = byHand(dialed);
    await simulation.advance(100);
    const nonce = hand.received[0]!.subarray(GREETING_BYTES - 32);
    // The accepting side's own proof for these nonces, as a second connection could have made it say it.
    const reflected = createHmac("sha256", TOKEN).update("eau2 gate 1 accept").update(nonce).update(nonce).digest();
    dialed.send([Buffer.concat([nonce, reflected])]);
    assert.equal((await simulation.until(accepting)).code, "DENIED");
  });

  test("a node that does not know the token cannot pass for one that does", async () => {
    const { simulation, dialed, accepted, context } = await linkedPair();
    const dialing = outcome(passGateDialing(dialed, context(TOKEN)), () => simulation.nowMs);
    const hand = byHand(accepted);
    accepted.send([Buffer.concat([Buffer.from("eau2gate"), Buffer.of(1), Buffer.alloc(32, 5)])]);
    await simulation.advance(100);
    // It sends the dialer's own proof back.
    accepted.send([hand.received[0]!.subarray(32)]);
    assert.equal((await simulation.until(dialing)).code, "DENIED");
  });

  for (const side of ["dial", "accept"] as const) {
    test(`the ${side} side waits 2 s for a peer that says nothing, then hangs up`, async () => {
      const { simulation, dialed, accepted, context } = await linkedPair();
      const startMs = simulation.nowMs;
      const now = () => simulation.nowMs - startMs;
      const [ours, theirs] = side === "dial" ? [dialed, accepted] : [accepted, dialed];
      const pass = side === "dial" ? passGateDialing : passGateAccepting;
      const hand = byHand(theirs);
      assert.deepEqual(await simulation.until(outcome(pass(ours, context(TOKEN)), now)), {
        code: "PEER_GONE",
        atMs: GATE_TIMEOUT_MS,
      });
      await simulation.advance(100);
      assert.match(hand.closed ?? "", /did not prove the token within 2000 ms/);
    });

    test(`the ${side} side takes one wrong message and no more`, async () => {
      const garbage = [0, 1, 8, 40, 41, 42, 63, 64, 65, 4096].map((length) => new Uint8Array(length).fill(0x65));
      for (const bytes of garbage) {
        const { simulation, dialed, accepted, context, sent } = await linkedPair(bytes.length);
        const [ours, theirs] = side === "dial" ? [dialed, accepted] : [accepted, dialed];
        const pass = side === "dial" ? passGateDialing : passGateAccepting;
        const hand = byHand(theirs);
        const result = outcome(pass(ours, context(TOKEN)), () => simulation.nowMs);
        theirs.send([bytes]);
        theirs.send([bytes]);
        const { code } = await simulation.until(result);
        assert.equal(code, "DENIED", `${bytes.length} bytes`);
        await simulation.advance(3000);
        assert.notEqual(hand.closed, undefined);
        assert.ok(sent.filter(({ from }) => from === side).length <= 2);
      }
    });
  }

  test("a gate of another version is told apart from a stranger", async () => {
    const { simulation, dialed, accepted, context } = await linkedPair();
    const dialing = outcome(passGateDialing(dialed, context(TOKEN)), () => simulation.nowMs);
    accepted.send([Buffer.concat([Buffer.from("eau2gate"), Buffer.of(9), Buffer.alloc(32)])]);
    assert.equal((await simulation.until(dialing)).code, "VERSION_MISMATCH");
  });

  test("a peer that hangs up in the middle ends it at once", async () => {
    const { simulation, dialed, accepted, context } = await linkedPair();
    const dialing = outcome(passGateDialing(dialed, context(TOKEN)), () => simulation.nowMs);
    accepted.destroy("hung up");
    const { code, atMs } = await simulation.until(dialing);
    assert.equal(code, "PEER_GONE");
    assert.ok(atMs < GATE_TIMEOUT_MS);
  });

  test("the token is in nothing that is sent, and no two exchanges are alike", async () => {
    const all: Uint8Array[] = [];
    for (const [seed, token] of [TOKEN, OTHER, TOKEN].entries()) {
      const { simulation, dialed, accepted, context, sent } = await linkedPair(seed + 20);
      const sides = [passGateDialing(dialed, context(token)), passGateAccepting(accepted, context(TOKEN))];
      await simulation.until(Promise.allSettled(sides));
      all.push(...sent.map(({ bytes }) => bytes));
    }
    for (const bytes of all)
      for (let at = 0; at + 8 <= TOKEN.length; at++) {
        assert.equal(Buffer.from(bytes).includes(Buffer.from(TOKEN.subarray(at, at + 8))), false);
        assert.equal(Buffer.from(bytes).includes(Buffer.from(OTHER.subarray(at, at + 8))), false);
      }
    const proofs = all.filter((bytes) => bytes.length > 1).map((bytes) => Buffer.from(bytes).toString("hex"));
    assert.equal(new Set(proofs).size, proofs.length);
  });
});
