import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { DataRoots } from "../../src/platform/data-roots.js";

const KIB = 1024;

testSuite("DataRoots", (test) => {
  test("a fingerprint tells size, time and any change in the sampled pieces", async () => {
    using folder = temporaryFolder();
    const roots = new DataRoots([folder.path]);
    const path = join(folder.path, "file");
    const bytes = Buffer.alloc(3_000 * KIB, "a");
    const at = new Date(1_700_000_000_000);
    const print = async (content: Buffer) => {
      writeFileSync(path, content);
      utimesSync(path, at, at);
      return roots.fingerprint(path);
    };
    const first = await print(bytes);
    assert.deepEqual([first.bytes, first.modifiedMs], [3_000 * KIB, at.getTime()]);
    assert.deepEqual(await print(bytes), first);
    // The first piece, the last one, and one between: the 18 begin at even distances.
    const last = bytes.length - 64 * KIB;
    for (const offset of [0, 64 * KIB - 1, Math.floor((last * 5) / 17), last, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[offset] = 98;
      assert.notEqual((await print(changed)).sample, first.sample, `byte ${offset}`);
    }
    for (const size of [0, 1, 64 * KIB, 64 * KIB + 1]) assert.equal((await print(bytes.subarray(0, size))).bytes, size);
  });

  test("links inside the roots are followed, those that lead out are DENIED, also for workers", async () => {
    using folder = temporaryFolder();
    const [root, rootish] = ["root", "rootish"].map((name) => join(folder.path, name)) as [string, string];
    mkdirSync(root);
    mkdirSync(rootish);
    writeFileSync(join(root, "a"), "abc");
    writeFileSync(join(rootish, "b"), "abc");
    symlinkSync(join(root, "a"), join(root, "in"));
    symlinkSync(join(rootish, "b"), join(root, "out"));
    const roots = new DataRoots([root]);
    assert.equal((await roots.fingerprint(join(root, "in"))).bytes, 3);
    const file = roots.openSync(join(root, "in"), 3);
    const into = new Uint8Array(10);
    assert.equal(file.read(1, into), 2);
    assert.deepEqual([...into.subarray(0, 2)], [98, 99]);
    file.close();
    for (const path of [join(root, "out"), join(rootish, "b"), join(rootish, "none"), `${root}/../rootish/b`]) {
      await assert.rejects(roots.fingerprint(path), { code: "DENIED" });
      await assert.rejects(roots.openForSending(path, 3), { code: "DENIED" });
      assert.throws(() => roots.openSync(path, 3), { code: "DENIED" });
    }
    await assert.rejects(roots.fingerprint(join(root, "none")), { code: "FILE_MISSING" });
    assert.throws(() => roots.openSync(join(root, "none"), 3), { code: "FILE_MISSING" });
    await assert.rejects(new DataRoots([]).fingerprint(join(root, "a")), { code: "DENIED", message: /it has none/ });
    assert.equal((await new DataRoots(["/"]).fingerprint(join(root, "a"))).bytes, 3);
    assert.throws(() => new DataRoots([join(folder.path, "no")]), { code: "USAGE", message: /--data-root/ });
  });

  test("a file that has another size than it had is FILE_CHANGED; one cut while it is sent too", async () => {
    using folder = temporaryFolder();
    const roots = new DataRoots([folder.path]);
    const path = join(folder.path, "file");
    writeFileSync(path, "abcdef");
    assert.throws(() => roots.openSync(path, 5), { code: "FILE_CHANGED" });
    await assert.rejects(roots.openForSending(path, 7), { code: "FILE_CHANGED" });
    const sending = await roots.openForSending(path, 6);
    assert.equal(Buffer.from(await sending.read(2, 5)).toString(), "cde");
    writeFileSync(path, "abc");
    await assert.rejects(sending.read(2, 5), { code: "FILE_CHANGED", message: /load it again/ });
    await sending.close();
    // A replaced file stays readable where it was opened: the check at the end finds it.
    writeFileSync(path, "abcdef");
    const open = roots.openSync(path, 6);
    writeFileSync(`${path}.new`, "ghijkl");
    renameSync(`${path}.new`, path);
    const into = new Uint8Array(6);
    open.read(0, into);
    assert.equal(Buffer.from(into).toString(), "abcdef");
    open.close();
    rmSync(path);
    await assert.rejects(roots.openForSending(path, 6), { code: "FILE_MISSING" });
  });
});
