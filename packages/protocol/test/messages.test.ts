import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import {
  EVENTS,
  isEventKind,
  isRequestKind,
  KIND_CODES,
  type Kind,
  kindOfCode,
  LINK_FRAMES,
  LinkHello,
  NodeOffer,
  REQUESTS,
  StreamCredit,
} from "../src/index.js";

const KINDS = Object.entries(KIND_CODES) as [Kind, number][];

testSuite("kinds of messages", (test) => {
  test("have one number each that fits the header's 16 bits", () => {
    assert.equal(new Set(KINDS.map(([, code]) => code)).size, KINDS.length);
    for (const [kind, code] of KINDS) assert.ok(Number.isInteger(code) && code > 0 && code < 65_536, kind);
  });

  test("are found by their number, and no other number is one", () => {
    for (const [kind, code] of KINDS) assert.equal(kindOfCode(code), kind);
    const codes = new Set(KINDS.map(([, code]) => code));
    for (let code = 0; code < 65_536; code++) if (!codes.has(code)) assert.equal(kindOfCode(code), undefined);
    for (const code of [-1, 1.5, 65_536, Number.NaN]) assert.equal(kindOfCode(code), undefined);
  });

  test("are requests, events, or frames of the link, and nothing twice", () => {
    for (const [kind] of KINDS) {
      const groups = [isRequestKind(kind), isEventKind(kind), Object.hasOwn(LINK_FRAMES, kind), kind === "reply.ok"];
      assert.equal(groups.filter(Boolean).length, 1, kind);
    }
    const named = [...Object.keys(REQUESTS), ...Object.keys(EVENTS), ...Object.keys(LINK_FRAMES), "reply.ok"];
    assert.deepEqual(named.sort(), KINDS.map(([kind]) => kind).sort());
  });

  test("names that every object has are no kinds", () => {
    for (const name of ["constructor", "toString", "__proto__"]) {
      assert.equal(isRequestKind(name as Kind), false);
      assert.equal(isEventKind(name as Kind), false);
    }
  });
});

testSuite("schemas", (test) => {
  test("of requests and events refuse fields that they do not know", () => {
    for (const [kind, schema] of Object.entries(EVENTS)) {
      const issues = schema.safeParse({ unexpected: 1 }).error?.issues ?? [];
      assert.ok(
        issues.some((issue) => issue.code === "unrecognized_keys"),
        kind,
      );
    }
    for (const [kind, { request }] of Object.entries(REQUESTS)) {
      const issues = request.safeParse({ unexpected: 1 }).error?.issues ?? [];
      assert.ok(
        issues.some((issue) => issue.code === "unrecognized_keys"),
        kind,
      );
    }
  });

  test("the hello ignores fields of later versions", () => {
    const hello = {
      protocolVersion: 2,
      build: "9.9.9",
      role: "node",
      nodeId: "a",
      name: "a",
      incarnation: 1,
      purpose: "control",
      pair: 1,
      fromTheFuture: true,
    };
    assert.ok(LinkHello.safeParse(hello).success);
  });

  test("a node offers 1 to 128 shards, as many as a directory can list", () => {
    const offer = { id: "a", name: "a", incarnation: 1, address: "a:1", build: "t" };
    for (const shardCount of [1, 128]) assert.ok(NodeOffer.safeParse({ ...offer, shardCount }).success);
    for (const shardCount of [0, 129, 1.5]) assert.ok(!NodeOffer.safeParse({ ...offer, shardCount }).success);
  });

  test("a credit is a positive whole number of bytes", () => {
    for (const bytes of [1, 2 ** 30]) assert.ok(StreamCredit.safeParse({ bytes }).success);
    for (const bytes of [0, -1, 0.5, 2 ** 30 + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.ok(!StreamCredit.safeParse({ bytes }).success, String(bytes));
    }
  });
});
