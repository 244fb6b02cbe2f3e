import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { ProgramScreen, type Screen } from "../src/commands/program-screen.js";
import { programStack } from "../src/commands/run.js";

class Recorder implements Screen {
  text = "";
  hasRoom = true;
  drained = () => {};
  constructor(
    readonly isTTY: boolean,
    readonly columns = 30,
  ) {}
  write(text: string): boolean {
    this.text += text;
    return this.hasRoom;
  }
  once(_event: "drain", listener: () => void): void {
    this.drained = listener;
  }
}

const line = (node: string, text: string, stream: "stdout" | "stderr" = "stdout") => ({ node, stream, text });
const step = (node: string, done: number, phase = "") => ({ node, phase, done, total: 200 });

testSuite("the screen of a program", (test) => {
  test("is lines with the name of their node, without colour and progress where nobody looks", () => {
    const stdout = new Recorder(false);
    const stderr = new Recorder(false);
    const screen = new ProgramScreen({ stdout, stderr });
    assert.equal(screen.line(line("a", "one")), undefined);
    screen.progress(step("a", 100));
    void screen.line(line("b", "two", "stderr"));
    screen.end();
    assert.deepEqual([stdout.text, stderr.text], ["[a] one\n", "[b] two\n"]);
  });

  test("on a terminal has a colour for each node and progress in one line below, no longer than the terminal", () => {
    const stdout = new Recorder(true);
    const stderr = new Recorder(true);
    const screen = new ProgramScreen({ stdout, stderr });
    for (const node of ["a", "b", "a"]) void screen.line(line(node, "x"));
    const labels = stdout.text.split(" x\n").slice(0, 3);
    assert.equal(labels[0], labels[2]);
    assert.notEqual(labels[0]!.replace("a", ""), labels[1]!.replace("b", ""));
    screen.progress(step("a", 100, "sum"));
    screen.progress(step("b", 250, "sum"));
    assert.equal(stderr.text, "a sum 50%\r\u001b[2Ka sum 50%  b sum 100%");
    stderr.text = "";
    void screen.line(line("a", "y", "stderr"));
    assert.ok(stderr.text.startsWith("\r\u001b[2K"));
    assert.match(stderr.text, /\[a\].* y\na sum 50% {2}b sum 100%$/);
    for (const node of ["c", "d", "e", "f"]) screen.progress(step(node, 1, "phase"));
    assert.ok(stderr.text.split("\u001b[2K").at(-1)!.length < stderr.columns);
    stderr.text = "";
    screen.end();
    assert.equal(stderr.text, "\r\u001b[2K");
  });

  test("asks to wait while the terminal does not read", async () => {
    const stdout = new Recorder(false);
    stdout.hasRoom = false;
    const waiting = new ProgramScreen({ stdout, stderr: new Recorder(false) }).line(line("a", "x"));
    assert.ok(waiting instanceof Promise);
    stdout.drained();
    await waiting;
  });
});

testSuite("the stack of a program", (test) => {
  test("is its own calls, not those of Node, of its boot file, or of the nodes that answered", () => {
    const stack = [
      "TypeError: boom",
      "    at fail (/home/u/x.ts:11:12)",
      "    at node:internal/process/task_queues:95:5",
      "    at main (/eau2/dist/platform/program-child.js:1:1)",
      "    -- answered by node b; asked here --",
      "    at Session.request (/eau2/dist/index.js:1:1)",
    ].join("\n");
    assert.equal(programStack(stack), "    at fail (/home/u/x.ts:11:12)\n");
    assert.equal(programStack(""), "");
  });
});
