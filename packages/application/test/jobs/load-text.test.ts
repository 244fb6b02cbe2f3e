import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Eau2Error, isEau2Error } from "@eau2/protocol";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { countsOf, frameDigest, wordOracle } from "../kit/digests.js";
import { errorOf, failsWith, nothingHeld } from "../kit/failing.js";
import { type Meddling, meddledJobs } from "../kit/meddled-jobs.js";
import { type TestCluster, testCluster } from "../kit/test-cluster.js";
import { distinctText, seededText } from "../kit/texts.js";

testSuite("loading text: what cannot be read", (test) => {
  test("a missing file, a folder, a pipe and what lies outside the data roots are told apart, and nothing is left", async () => {
    using folder = temporaryFolder();
    const [root, outside] = ["root", "outside"].map((name) => join(folder.path, name)) as [string, string];
    mkdirSync(root);
    mkdirSync(outside);
    writeFileSync(join(outside, "secret"), "one two");
    writeFileSync(join(root, "there"), "one two");
    symlinkSync(join(outside, "secret"), join(root, "link"));
    execFileSync("mkfifo", [join(root, "pipe")]);
    await using cluster = await testCluster({ dataRoots: [[root], [root]] });
    const { eau2 } = cluster;
    await failsWith(
      eau2.loadText([join(root, "nothing")]),
      "FILE_MISSING",
      /nothing".*no such file.*node n0.*other node/,
    );
    await failsWith(eau2.loadText([join(root, "there", "below")]), "FILE_MISSING", /no such file/);
    await failsWith(eau2.loadText([join(root, "there"), join(root, "nothing")]), "FILE_MISSING", /nothing"/);
    await failsWith(eau2.loadText([root]), "FILE_MISSING", /not a regular file/);
    await failsWith(eau2.loadText([join(root, "pipe")]), "FILE_MISSING", /not a regular file/);
    // Whether something is there is not told.
    for (const name of ["secret", "nothing", "no/thing/at/all"]) {
      await failsWith(eau2.loadText([join(outside, name)]), "DENIED", /outside the node's data roots.*--data-root/);
    }
    await failsWith(eau2.loadText([join(root, "link")]), "DENIED", /link"/);
    await failsWith(eau2.loadText([join(root, "..", "outside", "secret")]), "DENIED", /outside/);
    await failsWith(eau2.loadText([`${root}-not`]), "DENIED", /outside/);
    await nothingHeld(cluster, "after failures");
  });

  test("arguments that cannot be used are refused with what to do", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "text");
    writeFileSync(path, seededText(1, 200_000));
    await using cluster = await testCluster({ dataRoots: [[folder.path]] });
    const { eau2 } = cluster;
    await failsWith(eau2.loadText([]), "USAGE", /text\.load.*paths/);
    await failsWith(eau2.loadText([""]), "USAGE", /paths\.0/);
    await failsWith(eau2.loadText([path], { chunkRows: 0 }), "USAGE", /chunkRows/);
    await failsWith(eau2.loadText([path], { chunkRows: 1.5 }), "USAGE", /chunkRows/);
    await failsWith(eau2.loadText([path], { blockBytes: 0 }), "USAGE", /blockBytes/);
    await failsWith(eau2.loadText([path], { mode: "letters" as never }), "USAGE", /mode/);
    const error = await failsWith(eau2.loadText([path], { chunkRows: 1 }), "USAGE", /at least 16 rows a chunk/);
    assert.equal(error.details.chunkRowsMin, 16);
    assert.equal((await eau2.loadText([path], { chunkRows: 16 })).frame.record.chunks[0]!.rowCount, 16);
    const unknown = { name: "no.such", args: undefined, result: undefined, run: undefined };
    await failsWith(eau2.run(unknown as never, {}), "USAGE", /"no\.such" is not registered.*text\.load/);
  });
});

testSuite("loading text: what changes or goes wrong meanwhile", (test) => {
  const changes: Record<string, (path: string) => void> = {
    "other bytes of the same size and time": (path) => {
      const { atime, mtime, size } = statSync(path);
      writeFileSync(path, Buffer.alloc(size, "y "));
      utimesSync(path, atime, mtime);
    },
    "another file under its name": (path) => {
      writeFileSync(`${path}.new`, seededText(3, statSync(path).size));
      renameSync(`${path}.new`, path);
    },
    "a byte more": (path) => writeFileSync(path, "z", { flag: "a" }),
    "nothing left": (path) => writeFileSync(path, ""),
    "the same bytes, written later": (path) => utimesSync(path, 1, 1),
  };
  test("a file that changes in any way while it is read is FILE_CHANGED, whoever reads it", async () => {
    using folder = temporaryFolder();
    const [seen, hidden] = ["seen", "hidden"].map((name) => join(folder.path, name)) as [string, string];
    mkdirSync(seen);
    mkdirSync(hidden);
    let meddle: Meddling["beforeTask"];
    const jobs = meddledJobs({ beforeTask: (...call) => meddle?.(...call) });
    await using cluster = await testCluster({ dataRoots: [[seen, hidden], [seen]], jobs });
    for (const [what, change] of Object.entries(changes)) {
      for (const root of [seen, hidden]) {
        const path = join(root, "text");
        writeFileSync(path, seededText(2, 50_000));
        // After some blocks have been read.
        meddle = (count) => {
          if (count === 3) change(path);
        };
        await failsWith(cluster.eau2.loadText([path], { blockBytes: 4_000 }), "FILE_CHANGED", /text.*load it again/);
        await nothingHeld(cluster, what);
      }
    }
    meddle = undefined;
    const path = join(seen, "text");
    const { key, report } = await cluster.eau2.loadText([path]);
    assert.equal(report.rowCount, wordOracle(readFileSync(path)).words);
    await cluster.eau2.dropFrame(key);
  });

  const TASKS = ["text.split", "text.unify", "text.seal-coded"];
  for (const nodeCount of [1, 2]) {
    test(`a load that is cancelled or fails at any of its steps leaves nothing on ${nodeCount} nodes`, async () => {
      using folder = temporaryFolder();
      const [seen, hidden] = ["seen", "hidden"].map((name) => join(folder.path, name)) as [string, string];
      mkdirSync(seen);
      mkdirSync(hidden);
      const path = join(hidden, "text");
      writeFileSync(path, seededText(4, 300_000));
      let meddle: Meddling["beforeTask"];
      const jobs = meddledJobs({ beforeTask: (...call) => meddle?.(...call) });
      const dataRoots = Array.from({ length: nodeCount }, (_, node) => (node === 0 ? [seen, hidden] : [seen]));
      await using cluster = await testCluster({ dataRoots, shardCount: 2, jobs });
      const load = (signal?: AbortSignal) =>
        cluster.eau2.loadText([path], { blockBytes: 10_000, chunkRows: 500, signal });
      for (const at of TASKS) {
        for (const skipped of [0, 2]) {
          const controller = new AbortController();
          let left = at === "text.unify" ? 0 : skipped;
          meddle = (_count, name) => {
            if (name === at && left-- === 0) controller.abort();
          };
          const error = await errorOf(load(controller.signal));
          assert.ok(isEau2Error(error, "CANCELLED"), `${at}: ${String(error)}`);
          await nothingHeld(cluster, `cancelled at ${at}`);
          left = at === "text.unify" ? 0 : skipped;
          meddle = (_count, name) => {
            if (name === at && left-- === 0) throw new Eau2Error("BUSY", "the test says no");
          };
          await failsWith(load(), "BUSY", /the test says no/);
          await nothingHeld(cluster, `failed at ${at}`);
        }
      }
      meddle = undefined;
      assert.ok((await load()).report.rowCount > 0);
    });
  }

  test("a count that is cancelled leaves its source alone", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "text");
    writeFileSync(path, seededText(5, 100_000));
    let meddle: Meddling["beforeTask"];
    const jobs = meddledJobs({ beforeTask: (...call) => meddle?.(...call) });
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]], jobs });
    const { eau2 } = cluster;
    const loaded = await eau2.loadText([path], { blockBytes: 5_000 });
    const kept = await eau2.store.keys("");
    for (const at of ["count.map", "count.reduce"]) {
      const controller = new AbortController();
      meddle = (_count, name) => {
        if (name === at) controller.abort();
      };
      const counting = eau2.countValues(loaded.key, "word", { signal: controller.signal });
      await failsWith(counting, "CANCELLED", /./);
      await cluster.idle();
      assert.deepEqual(await eau2.store.keys(""), kept);
    }
    meddle = undefined;
    assert.ok((await eau2.countValues(loaded.key, "word")).report.rowCount > 0);
  });

  test("a node that ends while it reads is NODE_GONE with what to do, and the others hold nothing of it", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "text");
    const text = seededText(6, 100_000);
    writeFileSync(path, text);
    let drained: Promise<void> | undefined;
    const nodes: TestCluster["nodes"][number][] = [];
    const jobs = meddledJobs({
      beforeTask: async (count) => {
        if (count === 2) {
          drained = nodes[1]?.drain("it ends");
          await drained;
        }
      },
    });
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]], jobs });
    nodes.push(...cluster.nodes);
    await failsWith(
      cluster.eau2.loadText([path], { blockBytes: 2_000 }),
      "NODE_GONE",
      /n1\b.* has (gone|left).*load the frame again/,
    );
    await nothingHeld(cluster, "after the node has gone", [cluster.nodes[0]!]);
    nodes.length = 0;
    const { key } = await cluster.eau2.loadText([path]);
    const { frame } = await cluster.eau2.countValues(key, "word");
    assert.deepEqual(await countsOf(frame), wordOracle(text));
  });

  test("a load that exceeds the memory says so with numbers, gives everything back, and a smaller one works", async () => {
    using folder = temporaryFolder();
    const large = join(folder.path, "large");
    const small = join(folder.path, "small");
    writeFileSync(large, distinctText(300_000));
    const text = seededText(7, 60_000);
    writeFileSync(small, text);
    for (const nodeCount of [1, 2]) {
      const dataRoots = Array.from({ length: nodeCount }, () => [folder.path]);
      await using cluster = await testCluster({ dataRoots, memoryBytes: 1024 ** 2 });
      for (let round = 0; round < 2; round++) {
        const error = await failsWith(cluster.eau2.loadText([large]), "MEMORY_EXCEEDED", /raise --memory, drop frames/);
        assert.equal(error.details.budgetBytes, 1024 ** 2);
        assert.ok((error.details.requestedBytes as number) > 0 && (error.details.usedBytes as number) >= 0);
        await nothingHeld(cluster, "after MEMORY_EXCEEDED");
      }
      const { key } = await cluster.eau2.loadText([small]);
      assert.deepEqual(await countsOf((await cluster.eau2.countValues(key, "word")).frame), wordOracle(text));
    }
  });
});

testSuite("loading text: how", (test) => {
  test("a file that only another node sees is loaded by that node, and its progress comes to an end", async () => {
    using folder = temporaryFolder();
    const [seen, hidden] = ["seen", "hidden"].map((name) => join(folder.path, name)) as [string, string];
    mkdirSync(seen);
    mkdirSync(hidden);
    const path = join(hidden, "text");
    const text = seededText(8, 60_000);
    writeFileSync(path, text);
    await using cluster = await testCluster({ dataRoots: [[seen], [seen, hidden], [seen]] });
    const phases: string[] = [];
    const digests = new Set<string>();
    for (const node of [0, 1, 2]) {
      const eau2 = await cluster.connect(node);
      const loaded = await eau2.loadText([path], {
        blockBytes: 2_000,
        onProgress: ({ phase, done, total }) => {
          assert.ok(done <= total);
          if (done === total) phases.push(`${node} ${phase}`);
        },
      });
      const counted = await eau2.countValues(loaded.key, "word");
      assert.deepEqual(await countsOf(counted.frame), wordOracle(text));
      digests.add(await frameDigest(loaded.frame, counted.frame));
      const sent = loaded.report.shares.map(({ node: name, sentBytes }) => [name, sentBytes > 0]);
      assert.deepEqual(sent, [
        ["n0", true],
        ["n1", false],
        ["n2", true],
      ]);
    }
    assert.equal(digests.size, 1);
    for (const phase of ["read", "unify", "seal"]) assert.ok(phases.includes(`1 ${phase}`), phases.join());
  });

  test("more files than one task can unify give the words of them all, in order", async () => {
    using folder = temporaryFolder();
    const texts = Array.from({ length: 1_050 }, (_, index) => Buffer.from(`w${index % 700} w${index} all\n`));
    const paths = texts.map((text, index) => {
      const path = join(folder.path, `f${index}`);
      writeFileSync(path, text);
      return path;
    });
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]] });
    const { eau2 } = cluster;
    const loaded = await eau2.loadText(paths);
    const counted = await eau2.countValues(loaded.key, "word");
    assert.deepEqual(await countsOf(counted.frame), wordOracle(...texts));
    const rows: string[] = [];
    for await (const { rowCount, columns } of loaded.frame.chunks()) {
      for (let row = 0; row < rowCount; row++) rows.push(columns[0]!.get(row) as string);
    }
    assert.deepEqual(rows, texts.join("").trim().split(/\s+/));
    assert.deepEqual(await eau2.store.keys("x"), []);
  });

  test("lines keep their white space, and an empty line is a row", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "text");
    writeFileSync(path, " one \r\n\n\ttwo\r\r\nthree");
    await using cluster = await testCluster({ dataRoots: [[folder.path]], shardCount: 2 });
    for (const blockBytes of [1, 5, 1_000]) {
      const { frame } = await cluster.eau2.loadText([path], { mode: "lines", blockBytes });
      const rows: string[] = [];
      for await (const { rowCount, columns } of frame.chunks()) {
        for (let row = 0; row < rowCount; row++) rows.push(columns[0]!.get(row) as string);
      }
      assert.deepEqual(rows, [" one ", "", "\ttwo\r", "three"]);
      assert.deepEqual(frame.columnNames, ["line"]);
    }
  });

  test("loads and counts at the same time do not disturb each other", async () => {
    using folder = temporaryFolder();
    const texts = Array.from({ length: 6 }, (_, index) => seededText(20 + index, 30_000));
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]], shardCount: 2 });
    const results = await Promise.all(
      texts.map(async (text, index) => {
        const path = join(folder.path, `t${index}`);
        writeFileSync(path, text);
        const { key } = await cluster.eau2.loadText([path], { blockBytes: 3_000 });
        const counted = await cluster.eau2.countValues(key, "word");
        const counts = await countsOf(counted.frame);
        await cluster.eau2.dropFrame(key);
        await cluster.eau2.dropFrame(counted.key);
        return counts;
      }),
    );
    assert.deepEqual(
      results,
      texts.map((text) => wordOracle(text)),
    );
    await nothingHeld(cluster, "after everything was dropped");
  });
});
