import assert from "node:assert/strict";
import { type Eau2Error, NodeId, PROTOCOL_VERSION } from "@eau2/protocol";
import { decodeControl } from "@eau2/serialization";
import { testSuite } from "@eau2/testing";
import { passGateAccepting, passGateDialing } from "../../src/gate/gate.js";
import { registerNode } from "../../src/membership/directory-rules.js";
import { SESSIONS_MAX } from "../../src/mesh/check-hello.js";
import { awaitHello } from "../../src/mesh/hello.js";
import { Channel } from "../../src/session/channel.js";
import { INCARNATION, type RawPeer, rawPeer } from "../kit/raw-peer.js";
import { keyOf, SimulatedCluster, TOKEN } from "../kit/simulated-cluster.js";

const answers = { "kv.has": { handle: () => ({ control: { found: true } }) } };

testSuite("joining", (test) => {
  test("the first node founds a cluster, others learn it, and everybody learns of everybody", async () => {
    const cluster = new SimulatedCluster(1);
    await using _cluster = cluster;
    const meshes = await cluster.start(["a", "b", "c"], { handlers: answers, shardCount: 2 });
    await cluster.simulation.advance(1_000);
    const [first] = meshes;
    assert.match(first!.directory.clusterId, /^eau2-[0-9a-f]{16}$/);
    for (const mesh of meshes) assert.deepEqual(mesh.directory, first!.directory);
    assert.deepEqual(
      first!.directory.nodes.map(({ name, shards, master, address }) => ({ name, shards, master, address })),
      [
        { name: "a", shards: [0, 1], master: true, address: "a:1" },
        { name: "b", shards: [2, 3], master: false, address: "b:1" },
        { name: "c", shards: [4, 5], master: false, address: "c:1" },
      ],
    );
    // Everybody talks to everybody, directly.
    for (const from of ["a", "b", "c"])
      for (const to of ["a", "b", "c"])
        if (from !== to) await cluster.simulation.until(cluster.session(from, to).request("kv.has", keyOf("k")));
  });

  test("through any node ends at the master, and leaves no links with the one that was asked", async () => {
    const cluster = new SimulatedCluster(2);
    await using _cluster = cluster;
    await cluster.start(["a", "b"]);
    const c = await cluster.node("c");
    const directory = await cluster.simulation.until(c.join("b:1"));
    assert.equal(directory.nodes.length, 3);
    await cluster.simulation.advance(2_000);
    assert.deepEqual(
      c.sessions.map((session) => session.remote),
      ["node a (a:1)"],
    );
    assert.equal(cluster.state("c", "b"), "up");
  });

  test("is answered once for each offer: the same node joining again changes nothing", async () => {
    const cluster = new SimulatedCluster(3);
    await using _cluster = cluster;
    const [a, b] = await cluster.start(["a", "b"]);
    const { epoch } = a!.directory;
    await cluster.simulation.until(b!.join("a:1"));
    assert.equal(a!.directory.epoch, epoch);
  });

  test("many at once all get their place and the same directory", async () => {
    for (let seed = 10; seed < 20; seed++) {
      const cluster = new SimulatedCluster(seed, { delayMaxMs: 60 });
      await using _cluster = cluster;
      const [a] = await cluster.start(["a"]);
      const names = ["b", "c", "d", "e", "f"];
      const others = [];
      for (const name of names) others.push(await cluster.node(name, { shardCount: 2 }));
      await cluster.simulation.until(Promise.all(others.map((mesh) => mesh.join("a:1"))));
      await cluster.simulation.advance(1_000);
      const { nodes } = a!.directory;
      assert.deepEqual(nodes.map(({ name }) => name).sort(), ["a", ...names]);
      assert.equal(new Set(nodes.flatMap(({ shards }) => shards)).size, 11);
      // No broadcast was missed, not even one that came together with the answer.
      for (const mesh of others) assert.equal(mesh.directory.epoch, a!.directory.epoch, `seed ${seed}`);
    }
  });

  test("misses no announcement that comes right behind the answer", async () => {
    const cluster = new SimulatedCluster(9);
    await using _cluster = cluster;
    const { simulation, network } = cluster;
    const { directory } = (await cluster.start(["a"]))[0]!;
    const node = await cluster.node("b");
    const known = registerNode(directory, {
      id: NodeId.parse("b"),
      name: "b",
      incarnation: 1,
      address: "b:1",
      shardCount: 1,
      build: "test",
    });
    const newer = { ...known, epoch: known.epoch + 1 };
    // A master that answers and announces in one message, as happens when two register at the same moment.
    const context = { token: TOKEN, clock: simulation.clock, random: simulation.random };
    await network.transport("m").listen("m:1", async (link) => {
      const channel = new Channel(await passGateAccepting(link, context), () => ({ epoch: 0, incarnation: 1 }));
      await awaitHello(channel, simulation.clock);
      const { clusterId } = directory;
      channel.send("link.welcome", {
        control: { build: "test", nodeId: "a", name: "a", incarnation: 1, clusterId },
      });
      channel.handle({
        frame: ({ kind, header }) => {
          if (kind !== "cluster.register") return;
          channel.send("reply.ok", { id: header.id, control: { directory: known } });
          channel.send("cluster.directory", { control: { directory: newer } });
        },
        close: () => {},
      });
    });
    await simulation.until(node.join("m:1"));
    assert.equal(node.directory.epoch, newer.epoch);
  });

  test("by thousands who come and go without registering takes no room from those who do", async () => {
    const cluster = new SimulatedCluster(10);
    await using _cluster = cluster;
    const [a] = await cluster.start(["a"]);
    cluster.network.setFaults({ delayMinMs: 0, delayMaxMs: 0 });
    for (let count = 0; count < SESSIONS_MAX + 10; count++) {
      const peer = await rawPeer(cluster, "a:1", { role: "node", nodeId: NodeId.parse(`stranger-${count}`) });
      peer.pair.control.send("link.bye", { control: { reason: "never mind" } });
      await cluster.simulation.advance(1);
    }
    const b = await cluster.node("b");
    await cluster.simulation.until(b.join("a:1"));
    assert.equal(a!.directory.nodes.length, 2);
  });

  const REFUSALS: Readonly<Record<string, { settings: object; name?: string; code: string }>> = {
    "a wrong token": { settings: { token: new Uint8Array(32).fill(1) }, code: "DENIED" },
    "another cluster's id": { settings: { clusterId: "prod-7" }, code: "CLUSTER_MISMATCH" },
    "the name of the master": { settings: { port: 2 }, name: "a", code: "USAGE" },
    "the name of a node that is up": { settings: { port: 2, incarnation: 5 }, name: "b", code: "USAGE" },
  };
  for (const [what, { settings, name = "x", code }] of Object.entries(REFUSALS)) {
    test(`with ${what} is refused with ${code}, and the cluster goes on as before`, async () => {
      const cluster = new SimulatedCluster(4);
      await using _cluster = cluster;
      const [a, b] = await cluster.start(["a", "b"], { handlers: answers });
      const before = a!.directory;
      const stranger = await cluster.node(name, settings);
      cluster.nodes.set(name === "x" ? "x" : `other ${name}`, stranger);
      if (name !== "x") cluster.nodes.set(name, name === "a" ? a! : b!);
      await assert.rejects(cluster.simulation.until(stranger.join("a:1")), { code });
      await cluster.simulation.advance(5_000);
      assert.deepEqual(a!.directory, before);
      await cluster.simulation.until(a!.session(NodeId.parse("b")).request("kv.has", keyOf("k")));
      // Nothing is remembered of whoever did not get in.
      assert.equal(a!.sessions.length, 1);
    });
  }

  test("is for oneself: whoever offers another node, another start of it, or is a client is DENIED", async () => {
    const cluster = new SimulatedCluster(11);
    await using _cluster = cluster;
    const [a] = await cluster.start(["a", "b"]);
    const before = a!.directory;
    const offerOf = (id: string, incarnation: number) => ({
      offer: { id, name: id, incarnation, address: "raw:1", shardCount: 1, build: "test" },
    });
    const ask = async (role: "client" | "node", controls: readonly object[]) => {
      const peer = await rawPeer(cluster, "a:1", { role });
      for (const [id, control] of controls.entries()) peer.pair.control.send("cluster.register", { id, control });
      await cluster.simulation.advance(500);
      assert.deepEqual(peer.closes, []);
      return peer;
    };
    const codes = ({ ofKind }: RawPeer) =>
      ofKind("reply.error").map(({ control }) => (decodeControl(control) as { code: string }).code);
    const others = [
      offerOf("a", INCARNATION),
      offerOf("b", 1),
      offerOf("b", INCARNATION),
      offerOf("new", INCARNATION),
      offerOf("raw", INCARNATION + 1),
      offerOf("raw", INCARNATION - 1),
    ];
    assert.deepEqual(codes(await ask("client", [...others, offerOf("raw", INCARNATION)])), Array(7).fill("DENIED"));
    assert.deepEqual(codes(await ask("node", others)), Array(6).fill("DENIED"));
    assert.deepEqual(a!.directory, before);
    const own = await ask("node", [offerOf("raw", INCARNATION)]);
    assert.equal(own.ofKind("reply.ok").length, 1);
    assert.deepEqual(
      a!.directory.nodes.map(({ name }) => name),
      ["a", "b", "raw"],
    );
  });

  test("where nobody listens is PEER_GONE, where nobody has founded a cluster yet BUSY", async () => {
    const cluster = new SimulatedCluster(5);
    await using _cluster = cluster;
    const [a, b] = [await cluster.node("a"), await cluster.node("b")];
    await assert.rejects(cluster.simulation.until(a.join("c:1")), {
      code: "PEER_GONE",
      details: { refused: 1, address: "c:1" },
    });
    await assert.rejects(cluster.simulation.until(a.join("b:1")), { code: "BUSY" });
    assert.throws(() => b.directory, { code: "BUSY" });
    assert.equal(b.isMaster, false);
  });

  test("with another build is allowed and warned of; another protocol version is VERSION_MISMATCH", async () => {
    const cluster = new SimulatedCluster(6);
    await using _cluster = cluster;
    await cluster.start(["a"]);
    const b = await cluster.node("b", { build: "another" });
    assert.equal((await cluster.simulation.until(b.join("a:1"))).nodes[1]!.build, "another");
    await assert.rejects(rawPeer(cluster, "a:1", { protocolVersion: PROTOCOL_VERSION + 1 }), {
      code: "VERSION_MISMATCH",
      details: { theirs: PROTOCOL_VERSION + 1, ours: PROTOCOL_VERSION },
    });
  });

  test("by a peer whose frames are of another version is answered in ours, so that it sees why", async () => {
    const cluster = new SimulatedCluster(7);
    await using _cluster = cluster;
    await cluster.start(["a"]);
    const { simulation, network } = cluster;
    const link = await simulation.until(network.transport("raw").connect("a:1"));
    const context = { token: TOKEN, clock: simulation.clock, random: simulation.random };
    const handover = await simulation.until(passGateDialing(link, context));
    // A header of version 2, otherwise whole.
    const header = Buffer.alloc(40);
    header.write("eau2");
    header[4] = PROTOCOL_VERSION + 1;
    const kinds: string[] = [];
    const channel = new Channel(handover, () => ({ epoch: 0, incarnation: 1 }));
    channel.handle({ frame: ({ kind }) => kinds.push(kind), close: () => kinds.push("closed") });
    link.send([header]);
    await simulation.advance(500);
    assert.deepEqual(kinds, ["link.refuse", "closed"]);
  });

  test("of a node that listens with a newer version says so to whoever dials it", async () => {
    const cluster = new SimulatedCluster(8);
    await using _cluster = cluster;
    const a = await cluster.node("a");
    const { simulation, network } = cluster;
    const header = Buffer.alloc(40);
    header.write("eau2");
    header[4] = PROTOCOL_VERSION + 1;
    await network.transport("new").listen("new:1", async (link) => {
      await passGateAccepting(link, { token: TOKEN, clock: simulation.clock, random: simulation.random });
      link.send([header]);
    });
    await assert.rejects(simulation.until(a.join("new:1")), (error: Eau2Error) => error.code === "VERSION_MISMATCH");
  });
});

testSuite("links that are half made", (test) => {
  const halfLink = async (cluster: SimulatedCluster, pair: number) => {
    const { simulation, network } = cluster;
    const link = await simulation.until(network.transport("raw").connect("a:1"));
    const context = { token: TOKEN, clock: simulation.clock, random: simulation.random };
    const channel = new Channel(await simulation.until(passGateDialing(link, context)), () => ({
      epoch: 0,
      incarnation: 1,
    }));
    const heard: string[] = [];
    channel.handle({
      frame: ({ kind }) => heard.push(kind),
      close: (reason) => heard.push(reason),
    });
    const hello = (purpose: "control" | "data") =>
      channel.send("link.hello", {
        control: {
          protocolVersion: PROTOCOL_VERSION,
          build: "test",
          role: "client",
          nodeId: "raw",
          name: "raw",
          incarnation: 1,
          purpose,
          pair,
        },
      });
    return { channel, heard, hello };
  };

  test("with no hello in 2 s are ended", async () => {
    const cluster = new SimulatedCluster(20);
    await using _cluster = cluster;
    await cluster.start(["a"]);
    const { heard } = await halfLink(cluster, 1);
    await cluster.simulation.advance(1_900);
    assert.deepEqual(heard, []);
    await cluster.simulation.advance(300);
    assert.equal(heard.length, 1);
    assert.match(heard[0]!, /said nothing for 2000 ms/);
  });

  test("without their second link are ended after 5 s", async () => {
    const cluster = new SimulatedCluster(21);
    await using _cluster = cluster;
    await cluster.start(["a"]);
    const { heard, hello } = await halfLink(cluster, 1);
    hello("control");
    await cluster.simulation.advance(4_900);
    assert.deepEqual(heard, ["link.welcome"]);
    await cluster.simulation.advance(300);
    assert.match(heard[1]!, /never completed/);
  });

  test("are at most 256; the next is BUSY, and there is room again when they have gone", async () => {
    const cluster = new SimulatedCluster(22, { delayMaxMs: 2 });
    await using _cluster = cluster;
    await cluster.start(["a"]);
    cluster.network.setFaults({ delayMinMs: 0, delayMaxMs: 0 });
    for (let pair = 1; pair <= 256; pair++) (await halfLink(cluster, pair)).hello("control");
    const late = await halfLink(cluster, 257);
    late.hello("control");
    await cluster.simulation.advance(100);
    assert.equal(late.heard[0], "link.refuse");
    await cluster.simulation.advance(5_000);
    const later = await halfLink(cluster, 258);
    later.hello("control");
    await cluster.simulation.advance(100);
    assert.deepEqual(later.heard, ["link.welcome"]);
  });

  test("that fill up while they wait are not read further", async () => {
    const cluster = new SimulatedCluster(23);
    await using _cluster = cluster;
    await cluster.start(["a"]);
    const { channel, hello } = await halfLink(cluster, 1);
    hello("control");
    await cluster.simulation.advance(100);
    for (let count = 0; count < 40; count++) channel.send("stream.data", { id: 1, raw: new Uint8Array(200_000) });
    await cluster.simulation.advance(1_000);
    assert.ok(channel.bufferedBytes > 6_000_000, `${channel.bufferedBytes} of 8,000,000 bytes are still here`);
  });

  test("with the same purpose twice are refused", async () => {
    const cluster = new SimulatedCluster(24);
    await using _cluster = cluster;
    await cluster.start(["a"]);
    const [one, two] = [await halfLink(cluster, 1), await halfLink(cluster, 1)];
    one.hello("control");
    two.hello("control");
    await cluster.simulation.advance(200);
    assert.deepEqual([one.heard, two.heard[0]], [["link.welcome"], "link.refuse"]);
  });
});
