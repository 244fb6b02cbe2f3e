/** What a program prints, on its way from the node to the client: bounded everywhere, and nothing lost unnoticed. */
import assert from "node:assert/strict";
import { CONTROL_BYTES_MAX, PROGRAM_LINE_BYTES_MAX, type ProgramFollowReply } from "@eau2/protocol";
import { encodeControl } from "@eau2/serialization";
import { testSuite } from "@eau2/testing";
import { batchLines, lineBytes } from "../../src/programs/line-batch.js";
import { MAILBOX_BYTES_MAX, Mailbox } from "../../src/programs/mailbox.js";
import { HELD_UP_MS_MAX, Outbox, type ReportPart } from "../../src/programs/outbox.js";

const line = (text: string) => ({ stream: "stdout", text }) as const;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const { signal } = new AbortController();
const textsOf = ({ lines }: Pick<ProgramFollowReply, "lines">) => lines.map(({ text }) => text);

/** A clock whose timers run when the test says so. */
const manualClock = () => {
  const timers = new Map<object, { readonly delayMs: number; readonly run: () => void }>();
  return {
    timers,
    clock: {
      now: () => 0,
      soon: (run: () => void) => setImmediate(run),
      after: (delayMs: number, run: () => void) => {
        const timer = {};
        timers.set(timer, { delayMs, run });
        return () => void timers.delete(timer);
      },
    },
  };
};

testSuite("a batch of lines", (test) => {
  test("fits one message, however long the lines and whatever their characters", () => {
    const lines = [
      line("水".repeat(PROGRAM_LINE_BYTES_MAX)),
      ...Array.from({ length: 3_000 }, () => line("水".repeat(10))),
      ...Array.from({ length: 30 }, () => line("x".repeat(20_000))),
    ];
    let batches = 0;
    for (; lines.length > 0; batches++) {
      const batch = lines.splice(0, batchLines(lines)).map((one) => ({ node: "n".repeat(64), ...one }));
      assert.ok(batch.length > 0);
      assert.ok(encodeControl({ lines: batch }).length < CONTROL_BYTES_MAX - 32_768, "with room for progress");
    }
    assert.ok(batches > 3);
    assert.equal(batchLines([]), 0);
  });
});

testSuite("the mailbox of a program", (test) => {
  test("counts what has not arrived when it is abandoned, the batch under way and what still comes included", async () => {
    const mailbox = new Mailbox();
    await mailbox.post("a", [line("1"), line("2")], undefined);
    await mailbox.next(0, signal);
    await mailbox.post("a", [line("3")], undefined);
    await mailbox.next(1, signal);
    await mailbox.post("a", [line("4")], undefined);
    mailbox.abandon();
    assert.equal(mailbox.lostLines, 2, "of the first batch the client has said that it is there");
    await mailbox.post("a", [line("5")], undefined);
    mailbox.abandon();
    assert.equal(mailbox.lostLines, 3);
    const read = new Mailbox();
    await read.post("a", [line("1")], undefined);
    const { number } = await read.next(0, signal);
    read.close();
    const last = await read.next(number, signal);
    void read.next(last.number, signal);
    read.abandon();
    assert.equal(read.lostLines, 0);
  });

  test("hands out what came, in order, and the same batch again to who has not got it", async () => {
    const mailbox = new Mailbox();
    await mailbox.post("a", [line("1"), line("2")], undefined);
    const first = await mailbox.next(0, signal);
    assert.deepEqual([first.number, textsOf(first)], [1, ["1", "2"]]);
    await mailbox.post("b", [line("3")], { phase: "", done: 1, total: 2 });
    assert.deepEqual(await mailbox.next(0, signal), first);
    const second = await mailbox.next(1, signal);
    assert.deepEqual([second.number, textsOf(second), second.progress[0]?.node], [2, ["3"], "b"]);
  });

  test("wakes who waits, and tells when all has been taken", async () => {
    const mailbox = new Mailbox();
    const waiting = mailbox.next(0, signal);
    await turn();
    await mailbox.post("a", [line("late")], undefined);
    assert.deepEqual(textsOf(await waiting), ["late"]);
    let isDrained = false;
    const drained = mailbox.drained().then(() => {
      isDrained = true;
    });
    mailbox.close();
    const last = await mailbox.next(1, signal);
    assert.equal(last.ended, true);
    await turn();
    assert.equal(isDrained, false, "it is on its way");
    await mailbox.next(last.number, signal);
    await drained;
  });

  test("does not answer nodes while it is full", async () => {
    const mailbox = new Mailbox();
    const lines = Array.from({ length: 40 }, () => line("x".repeat(10_000)));
    assert.ok(lines.reduce((sum, one) => sum + lineBytes(one), 0) > MAILBOX_BYTES_MAX);
    let hasRoom = false;
    const posted = mailbox.post("a", lines, undefined).then(() => {
      hasRoom = true;
    });
    await turn();
    assert.equal(hasRoom, false);
    for (let after = 0, taken = 0; taken < lines.length; ) {
      const batch = await mailbox.next(after, signal);
      after = batch.number;
      taken += batch.lines.length;
    }
    await posted;
  });

  test("that nobody reads any more takes everything and keeps nothing", async () => {
    const mailbox = new Mailbox();
    const stuck = mailbox.post(
      "a",
      Array.from({ length: 40 }, () => line("x".repeat(10_000))),
      undefined,
    );
    await turn();
    mailbox.abandon();
    await stuck;
    for (let index = 0; index < 100; index++) await mailbox.post("a", [line("x".repeat(20_000))], undefined);
    await mailbox.drained();
  });

  test("stops waiting with who waits", async () => {
    const mailbox = new Mailbox();
    const controller = new AbortController();
    const waiting = mailbox.next(0, controller.signal);
    controller.abort(new Error("gone"));
    await assert.rejects(waiting, { message: "gone" });
  });
});

testSuite("the outbox of a program", (test) => {
  test("sends one report at a time, with what came meanwhile in the next", async () => {
    const sent: ReportPart[] = [];
    let answer = () => {};
    const send = (report: ReportPart) => {
      sent.push(report);
      return new Promise<void>((resolve) => {
        answer = resolve;
      });
    };
    const outbox = new Outbox({ clock: manualClock().clock, send, onFlow: () => assert.fail("nothing is held up") });
    outbox.line("stdout", "1");
    outbox.line("stderr", "2");
    await turn();
    outbox.progress({ phase: "", done: 1, total: 9 });
    outbox.progress({ phase: "", done: 2, total: 9 });
    outbox.parked(true);
    await turn();
    assert.deepEqual(sent, [{ number: 1, lines: [line("1"), { stream: "stderr", text: "2" }] }]);
    answer();
    await turn();
    assert.deepEqual(sent[1], { number: 2, lines: [], progress: { phase: "", done: 2, total: 9 }, parked: true });
    answer();
    await outbox.flushed();
  });

  test("holds the process up while much waits, but not for long: then lines are dropped, and one says how many", async () => {
    const texts: string[] = [];
    const flow: boolean[] = [];
    let isStuck = true;
    let release = () => {};
    const send = async ({ lines }: ReportPart) => {
      if (isStuck)
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      texts.push(...lines.map(({ text }) => text));
    };
    const { clock, timers } = manualClock();
    const outbox = new Outbox({ clock, send, onFlow: (open) => flow.push(open) });
    for (let index = 0; index < 20; index++) outbox.line("stdout", `${index} ${"x".repeat(10_000)}`);
    await turn();
    assert.deepEqual(flow, [false]);
    const [timer] = [...timers.values()];
    assert.equal(timer!.delayMs, HELD_UP_MS_MAX);
    timer!.run();
    assert.deepEqual(flow, [false, true]);
    for (let index = 20; index < 1_020; index++) outbox.line("stdout", `${index} ${"x".repeat(10_000)}`);
    isStuck = false;
    release();
    await outbox.flushed();
    outbox.line("stdout", "again");
    await outbox.flushed();
    const shown = texts.map((text) => text.slice(0, text.indexOf(" ") < 0 ? 9 : text.indexOf(" ")));
    assert.deepEqual(
      shown.slice(0, 20),
      Array.from({ length: 20 }, (_, index) => String(index)),
    );
    assert.match(texts[20]!, /^eau2: 1000 lines .* were dropped here/);
    assert.deepEqual(texts.slice(21), ["again"]);
    assert.equal(timers.size <= 1, true);
  });

  test("is over when nobody listens any more, and lets the process run on", async () => {
    const flow: boolean[] = [];
    const send = () => Promise.reject(new Error("gone"));
    const outbox = new Outbox({ clock: manualClock().clock, send, onFlow: (open) => flow.push(open) });
    for (let index = 0; index < 20; index++) outbox.line("stdout", "x".repeat(10_000));
    await outbox.flushed();
    outbox.line("stdout", "ignored");
    await outbox.flushed();
    assert.equal(flow.at(-1), true);
  });
});
