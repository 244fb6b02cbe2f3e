import assert from "node:assert/strict";
import { join } from "node:path";
import { testSuite } from "@eau2/testing";
import { assertFails } from "./harness/assert-fails.js";
import { statusOf } from "./harness/status.js";
import { TestMachine } from "./harness/test-machine.js";

const LIMIT = { timeoutMs: 60_000 };

testSuite("eau2: flags and variables", (test) => {
  test(
    "a port in use is exit code 1, and the message holds the line that joins what is there",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      assertFails(
        await machine.run(["node", "--listen", a!.address]),
        new RegExp(`the port is in use.*--join ${a!.url}.*\\(PORT_IN_USE\\)`),
        1,
      );
      assert.equal((await statusOf(machine, a!)).nodes.length, 1);
    },
    LIMIT,
  );

  test(
    "nobody at the address to join, or to ask, is exit code 1 and said quickly",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      await a!.process.kill();
      for (const args of [
        ["node", "--listen", "127.0.0.1:0", "--join", a!.url],
        ["status", "--cluster", a!.url],
        ["put", "k", "--cluster", a!.url],
        ["get", "k", "--wait", "--cluster", a!.url],
        ["stop", "--cluster", a!.url],
      ]) {
        const { address } = a!;
        const dead = new RegExp(
          `^eau2: connect to ${address}: nobody listens there; is the node running\\? \\(PEER_GONE\\)\\n$`,
        );
        assertFails(await machine.eau2(args).finished(10_000), dead, 1);
      }
    },
    LIMIT,
  );

  test(
    "beyond this machine a node starts only with --insecure, and says what that means",
    async () => {
      await using machine = new TestMachine();
      const refused = ["node", "--listen", "0.0.0.0:0", "--advertise", "127.0.0.1"];
      assertFails(await machine.run(refused), /--listen: 0\.0\.0\.0 .*--insecure.*127\.0\.0\.1.*\(USAGE\)/, 2);
      assertFails(
        await machine.run(["node", "--listen", "127.0.0.1:0", "--join", "ws://192.0.2.1:3282"]),
        /--join: 192\.0\.2\.1 .*--insecure.*\(USAGE\)/,
        2,
      );
      assertFails(
        await machine.run(["node", "--listen", "0.0.0.0:0", "--insecure"]),
        /--listen 0\.0\.0\.0:0 names no address.*--advertise HOST\[:PORT\] \(USAGE\)/,
        2,
      );
      const open = await machine.node("open", ["--listen", "0.0.0.0:0", "--advertise", "127.0.0.1", "--insecure"]);
      assert.match(open.process.stderr, / warn .*nothing is encrypted/);
      assert.match(open.address, /^127\.0\.0\.1:[1-9]\d*$/, "the port that was picked is advertised");
      assert.equal((await statusOf(machine, open)).nodes.length, 1);
    },
    LIMIT,
  );

  test(
    "unknown flags and values that cannot be are exit code 2 and name the flag",
    async () => {
      await using machine = new TestMachine();
      const node = ["node", "--listen", "127.0.0.1:0"];
      const cases: readonly (readonly [readonly string[], RegExp])[] = [
        [[...node, "--shard", "2"], /unknown option '--shard'/],
        [[...node, "--shards", "0"], /--shards: write a whole number from 1 to 128 \(USAGE\)/],
        [[...node, "--shards", "two"], /--shards: write a whole number/],
        [[...node, "--memory", "lots"], /--memory: "lots" is not a size; write for example 2GB/],
        [[...node, "--memory", "7"], /--memory: a node needs at least 1 MiB/],
        [[...node, "--name", "Big Node"], /--name: a name has 1 to 64 of a-z, 0-9 and "-"/],
        [[...node, "--cluster-id", "a/b"], /--cluster-id: a cluster id has 1 to 64 of letters/],
        [[...node, "--log-level", "loud"], /--log-level: write one of debug, info, warn, error/],
        [[...node, "--data-root", "/nowhere"], /--data-root \/nowhere: there is no such folder/],
        [[...node, "--join", "127.0.0.1:3282"], /--join: "127\.0\.0\.1:3282" .*write ws:\/\/HOST:PORT/],
        [["node", "--listen", "3282"], /--listen: "3282" is not an address; write HOST:PORT/],
        [["node", "--listen", "127.0.0.1:99999"], /--listen: "127\.0\.0\.1:99999"/],
        [["status", "--cluster", "localhost"], /--cluster: "localhost" .*write ws:\/\/HOST:PORT/],
        [["status", "--verbose"], /unknown option '--verbose'/],
        [["status", "extra"], /too many arguments for 'status'/],
        [["put"], /missing required argument 'name'/],
        [["get"], /missing required argument 'name'/],
        [["put", "a", "b", "c"], /too many arguments for 'put'/],
        [["fetch"], /unknown command 'fetch'/],
      ];
      for (const [args, pattern] of cases) assertFails(await machine.run(args), pattern, 2);
    },
    LIMIT,
  );

  test(
    "help and version are exit code 0 on standard output; no command at all is exit code 2",
    async () => {
      await using machine = new TestMachine();
      const help = await machine.run(["--help"]);
      assert.deepEqual([help.code, help.stderr], [0, ""]);
      for (const command of ["node", "status", "put", "get", "stop"])
        assert.match(help.stdout.toString(), new RegExp(`^  ${command}\\b`, "m"));
      const flags = (await machine.run(["node", "--help"])).stdout.toString();
      const all = "listen join shards memory name advertise token-file data-root cluster-id insecure log-level json";
      for (const flag of all.split(" ")) assert.match(flags, new RegExp(`^  --${flag}\\b`, "m"));
      const version = await machine.run(["--version"]);
      assert.equal(version.code, 0);
      assert.match(version.stdout.toString(), /^\S+\n$/);
      const nothing = await machine.run([]);
      assert.equal(nothing.code, 2);
      assert.match(nothing.stderr, /Usage: eau2/);
    },
    LIMIT,
  );

  test(
    "every flag of a node can be a variable; a flag wins over its variable",
    async () => {
      await using machine = new TestMachine();
      const first = await machine.node("first", ["--cluster-id", "from-variables"]);
      const env = {
        EAU2_LISTEN: "127.0.0.1:0",
        EAU2_JOIN: first.url,
        EAU2_SHARDS: "3",
        EAU2_MEMORY: "5MiB",
        EAU2_NAME: "second",
        EAU2_ADVERTISE: "localhost",
        EAU2_TOKEN_FILE: join(machine.path, ".eau2", "token"),
        EAU2_CLUSTER_ID: "from-variables",
        EAU2_LOG_LEVEL: "debug",
        EAU2_DATA_ROOT: machine.path,
      };
      const second = machine.eau2(["node"], { env });
      const [, port] = await second.printed(
        /^second is up at ws:\/\/localhost:(\d+) \(joined cluster from-variables; shards 1, 2, 3; 5\.0 MiB for values\)$/m,
      );
      assert.match(second.stderr, / debug 3 shards, 5242880 bytes/);
      const third = await machine.node("third", ["--shards", "2"], {
        env: { ...env, EAU2_NAME: "not-this", EAU2_LOG_LEVEL: "warn" },
      });
      assert.deepEqual([third.id, third.shards], ["third", [4, 5]]);
      assert.equal(third.process.stderr, "");
      const status = await machine.run(["status"], { env: { EAU2_CLUSTER: `ws://127.0.0.1:${port}` } });
      assert.match(status.stdout.toString(), /3 of 3 nodes up/, status.stderr);
      for (const [name, value, pattern] of [
        ["EAU2_SHARDS", "none", /--shards: write a whole number/],
        ["EAU2_MEMORY", "much", /--memory: "much" is not a size/],
        ["EAU2_LISTEN", "here", /--listen: "here"/],
        ["EAU2_DATA_ROOT", "/nowhere", /--data-root \/nowhere/],
        ["EAU2_LOG_LEVEL", "loud", /--log-level/],
      ] as const) {
        assertFails(await machine.run(["node"], { env: { ...env, [name]: value } }), pattern, 2);
      }
    },
    LIMIT,
  );
});
