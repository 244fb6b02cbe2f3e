import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { isLoopback, parseNodeConfig, planNode, userFolder } from "../src/config.js";

const usage = (message: RegExp) => ({ name: "Eau2Error", code: "USAGE", message });
const plan = (flags: object, environment: Record<string, string> = {}) =>
  planNode(parseNodeConfig(flags), environment, "ab12");

testSuite("node config", (test) => {
  test("sizes are decimal with KB, MB, GB and binary with KiB, MiB, GiB, in any case, with or without a space", () => {
    const bytes = (memory: string) => parseNodeConfig({ memory }).memory;
    assert.equal(bytes("8000000"), 8e6);
    assert.equal(bytes("8MB"), 8e6);
    assert.equal(bytes("8 mb"), 8e6);
    assert.equal(bytes("8MiB"), 8 * 1024 ** 2);
    assert.equal(bytes("1.5GiB"), 1.5 * 1024 ** 3);
    assert.equal(bytes("2TB"), 2e12);
    assert.equal(bytes(" 4096KiB "), 4096 * 1024);
    for (const wrong of ["", "GB", "-1GB", "1PB", "1e9", "1GBs", "0x10MB", "1,5GB"])
      assert.throws(() => bytes(wrong), usage(/^--memory: .* is not a size/), wrong);
    assert.throws(() => bytes("1048575"), usage(/at least 1 MiB/));
  });

  test("programs are allowed by the flag, or a variable of 1 or true, and by nothing else", () => {
    for (const allowRun of [true, "1", "true"]) assert.equal(parseNodeConfig({ allowRun }).allowRun, true);
    for (const allowRun of [undefined, false, "0", "false", ""])
      assert.equal(parseNodeConfig({ allowRun }).allowRun, false, String(allowRun));
    assert.throws(() => parseNodeConfig({ allowRun: "yes" }), usage(/^--allow-run: .*"1" or "0"/));
    assert.equal(parseNodeConfig({ programMemory: "2GiB" }).programMemory, 2 * 1024 ** 3);
    assert.throws(() => parseNodeConfig({ programMemory: "64MiB" }), usage(/^--program-memory: .*128 MiB/));
  });

  test("shard counts are whole numbers from 1 to 128", () => {
    assert.equal(parseNodeConfig({ shards: "1" }).shards, 1);
    assert.equal(parseNodeConfig({ shards: "128" }).shards, 128);
    for (const wrong of ["0", "129", "", " ", "1.5", "-1", "1e1", "0x2", "two"])
      assert.throws(() => parseNodeConfig({ shards: wrong }), usage(/^--shards: /), wrong);
  });

  test("a flag that does not exist is refused here too", () => {
    assert.throws(() => parseNodeConfig({ port: "1" }), usage(/./));
  });

  test("names of several words are shown as their flags", () => {
    assert.throws(() => parseNodeConfig({ logLevel: "loud" }), usage(/^--log-level: /));
    assert.throws(() => parseNodeConfig({ clusterId: "" }), usage(/^--cluster-id: /));
  });

  test("only 127/8, ::1 and localhost are loopback", () => {
    for (const host of ["127.0.0.1", "127.255.255.254", "::1", "localhost"]) assert.equal(isLoopback(host), true, host);
    for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com", "localhost.example.com", "128.0.0.1"])
      assert.equal(isLoopback(host), false, host);
  });

  test("listening or joining beyond loopback needs --insecure; what listens everywhere needs an address for others", () => {
    assert.equal(plan({}).listen, "127.0.0.1:3282");
    assert.equal(plan({}).exposed, false);
    assert.equal(plan({ listen: "[::1]:0" }).exposed, false);
    assert.throws(() => plan({ listen: "10.0.0.1:3282" }), usage(/^--listen: 10\.0\.0\.1 .*--insecure/));
    assert.throws(() => plan({ listen: "[::]:3282" }), usage(/^--listen: :: .*--insecure/));
    assert.throws(() => plan({ join: "ws://10.0.0.1:3282" }), usage(/^--join: 10\.0\.0\.1 .*--insecure/));
    assert.equal(plan({ listen: "10.0.0.1:3282", insecure: true }).exposed, true);
    for (const listen of ["0.0.0.0:1", "[::]:1"]) {
      assert.throws(() => plan({ listen, insecure: true }), usage(/--advertise HOST/));
      assert.equal(plan({ listen, insecure: true, advertise: "10.0.0.1" }).advertise, "10.0.0.1");
    }
  });

  test("data roots are the user's folder by default and relative to it otherwise", () => {
    assert.deepEqual(plan({}, { INIT_CWD: "/home/me" }).dataRoots, ["/home/me"]);
    assert.deepEqual(plan({ dataRoot: ["data", "/abs"] }, { INIT_CWD: "/home/me" }).dataRoots, [
      "/home/me/data",
      "/abs",
    ]);
    assert.deepEqual(plan({}).dataRoots, [process.cwd()]);
    assert.equal(userFolder({ INIT_CWD: "not/absolute" }), process.cwd());
  });

  test("a node without a name gets one that is allowed and does not repeat on a machine", () => {
    assert.match(plan({}).name, /^[a-z0-9-]{1,59}-ab12$/);
    assert.equal(plan({ name: "mine" }).name, "mine");
  });
});
