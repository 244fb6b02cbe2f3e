import assert from "node:assert/strict";
import { isEau2Error } from "@eau2/protocol";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import type { Range } from "../../src/slab/range.js";
import { SlabPool, type SlabPoolOptions } from "../../src/slab/slab-pool.js";
import type { EpochTicket } from "../../src/slab/task-epochs.js";

const SLAB_BYTES = 4_096;
const poolOf = (budgetBytes: number, options: Partial<SlabPoolOptions> = {}): SlabPool =>
  new SlabPool({
    budgetBytes,
    allocateSlab: (bytes) => new SharedArrayBuffer(bytes),
    slabBytes: SLAB_BYTES,
    ...options,
  });
const roundedUp = (bytes: number): number => Math.max(1, Math.ceil(bytes / 64)) * 64;
const isExceeded = (error: unknown): boolean => isEau2Error(error, "MEMORY_EXCEEDED");

testSuite("SlabPool", (test) => {
  test("ranges are 64-byte aligned views of one slab; no bytes are a range as well", () => {
    const pool = poolOf(SLAB_BYTES);
    const ranges = [0, 1, 64, 65, 1_000].map((bytes) => pool.allocate(bytes));
    for (const range of ranges) {
      assert.equal(range.offset % 64, 0);
      assert.equal(range.view().length, range.bytes);
      assert.equal(range.view().buffer, pool.slabBuffer(range.slabId));
    }
    assert.equal(pool.slabCount, 1);
    assert.equal(pool.usedBytes, 64 + 64 + 64 + 128 + 1_024);
    for (const range of ranges) pool.free(range);
    assert.deepEqual([pool.usedBytes, pool.largestFreeBytes], [0, SLAB_BYTES]);
  });

  test("a range freed while a ticket is out is not used again before the ticket is left", () => {
    const pool = poolOf(2 * SLAB_BYTES);
    const first = pool.allocate(2_048);
    const second = pool.allocate(2_048);
    const ticket = pool.enter();
    pool.free(first);
    assert.deepEqual([pool.usedBytes, pool.retiredBytes], [2_048, 2_048]);
    assert.notEqual(pool.allocate(64).slabId, first.slabId);
    pool.leave(ticket);
    assert.equal(pool.retiredBytes, 0);
    const again = pool.allocate(2_048);
    assert.deepEqual([again.slabId, again.offset], [first.slabId, first.offset]);
    assert.notEqual(again.offset, second.offset);
  });

  test("freeing twice, with and without a ticket out, or at a place that is no range is a broken invariant", () => {
    const pool = poolOf(SLAB_BYTES);
    const [kept, freed, retired] = [pool.allocate(256), pool.allocate(256), pool.allocate(256)];
    pool.free(freed);
    assert.throws(() => pool.free(freed), /invariant/);
    assert.throws(() => pool.free({ slabId: kept.slabId, offset: kept.offset + 64, bytes: 64 }), /invariant/);
    assert.throws(() => pool.free({ slabId: kept.slabId, offset: kept.offset + 1, bytes: 64 }), /invariant/);
    assert.throws(() => pool.free({ slabId: 99, offset: 0, bytes: 64 }), /invariant/);
    const ticket = pool.enter();
    pool.free(retired);
    assert.throws(() => pool.free(retired), /invariant/);
    pool.leave(ticket);
    assert.equal(pool.usedBytes, 256);
  });

  test("over the budget is MEMORY_EXCEEDED with the numbers and the way out, after one call for relief", () => {
    const asked: number[] = [];
    const pool = poolOf(1_024, { onPressure: (bytesNeeded) => asked.push(bytesNeeded) });
    pool.allocate(1_000);
    assert.throws(
      () => pool.allocate(100),
      (error: unknown) => {
        assert.ok(isEau2Error(error, "MEMORY_EXCEEDED"));
        assert.match(error.message, /raise --memory, drop frames or keys, or add nodes/);
        const { requestedBytes, usedBytes, budgetBytes } = error.details;
        assert.deepEqual(
          { requestedBytes, usedBytes, budgetBytes },
          { requestedBytes: 100, usedBytes: 1_024, budgetBytes: 1_024 },
        );
        return true;
      },
    );
    assert.deepEqual(asked, [100]);
  });

  test("what is freed under pressure makes room for the same allocation", () => {
    const cached: Range[] = [];
    const pool = poolOf(1_024, { onPressure: () => pool.free(cached.pop()!) });
    cached.push(pool.allocate(1_000));
    assert.equal(pool.allocate(900).bytes, 900);
    assert.equal(cached.length, 0);
  });

  test("memory that the system refuses is MEMORY_EXCEEDED too", () => {
    const allocateSlab = (): SharedArrayBuffer => {
      throw new RangeError("Array buffer allocation failed");
    };
    assert.throws(() => poolOf(SLAB_BYTES, { allocateSlab }).allocate(10), isExceeded);
  });

  test("a range above half a slab gets its own, which serves values of about that size again", () => {
    const pool = poolOf(10 * SLAB_BYTES);
    const large = pool.allocate(9_000);
    assert.equal(pool.usedBytes, 9_216);
    pool.free(large);
    const smaller = pool.allocate(8_200);
    assert.equal(smaller.slabId, large.slabId);
    const other = pool.allocate(2_500);
    assert.notEqual(other.slabId, large.slabId);
    assert.equal(pool.reservedBytes, 9_216 + 2_560);
  });

  test("empty slabs are kept until their place is needed, and count until they are forgotten", async () => {
    const released: (readonly number[])[] = [];
    let forgotten = (): void => {};
    const pool = poolOf(4 * SLAB_BYTES, {
      onRelease: (slabIds) => {
        released.push(slabIds);
        return new Promise((resolve) => {
          forgotten = resolve;
        });
      },
    });
    const [first, second] = [pool.allocate(8_192), pool.allocate(8_192)];
    pool.free(first);
    pool.free(second);
    assert.deepEqual([pool.reservedBytes, released.length], [16_384, 0]);
    // 12,288 do not fit beside them (16,384 and one slab may be held), and a kept one is too small.
    const large = pool.waitAndAllocate(12_288);
    assert.deepEqual(released, [[first.slabId]]);
    assert.deepEqual([pool.lettingGoBytes, pool.reservedBytes], [8_192, 16_384]);
    assert.throws(() => pool.allocate(12_288), isExceeded);
    assert.throws(() => first.view(), /invariant/);
    forgotten();
    assert.equal((await large).bytes, 12_288);
    assert.deepEqual([pool.lettingGoBytes, pool.reservedBytes], [0, 20_480]);
  });

  test("waiting for memory ends when a ticket is left, by the signal, or at once when nothing can come", async () => {
    const pool = poolOf(SLAB_BYTES);
    const halves = Array.from({ length: 2 }, () => pool.allocate(SLAB_BYTES / 2));
    const ticket = pool.enter();
    for (const half of halves) pool.free(half);
    // The slack of one slab is taken, too: from here on only retired ranges could serve.
    for (let count = 0; count < 2; count++) pool.free(pool.allocate(SLAB_BYTES / 2));
    const controller = new AbortController();
    const cancelled = pool.waitAndAllocate(64, { signal: controller.signal });
    const waiting = pool.waitAndAllocate(64);
    await assert.rejects(pool.waitAndAllocate(64, { holdsTicket: true }), isExceeded);
    await assert.rejects(pool.waitAndAllocate(SLAB_BYTES + 1), isExceeded);
    controller.abort();
    await assert.rejects(cancelled, { code: "CANCELLED" });
    await assert.rejects(pool.waitAndAllocate(64, { signal: controller.signal }), { code: "CANCELLED" });
    pool.leave(ticket);
    assert.equal((await waiting).bytes, 64);
  });

  test("trimming keeps the beginning and frees the rest", () => {
    const pool = poolOf(SLAB_BYTES);
    const range = pool.allocate(1_000);
    range.view().fill(7);
    const trimmed = pool.trim(range, 100);
    assert.deepEqual(
      [pool.usedBytes, trimmed.offset, trimmed.view().length, trimmed.view()[99]],
      [128, range.offset, 100, 7],
    );
    const same = pool.trim(trimmed, 65);
    assert.equal(pool.usedBytes, 128);
    pool.free(same);
    assert.equal(pool.largestFreeBytes, SLAB_BYTES);
  });

  test("any use keeps visible ranges apart, the accounts right, the slabs bounded, and merges back to whole slabs", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant("allocate" as const), bytes: fc.nat(600) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("allocate" as const), bytes: fc.nat(12_000) }) },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant("free" as const), choice: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("trim" as const), choice: fc.nat(), ratio: fc.nat(100) }) },
      { weight: 2, arbitrary: fc.constant({ kind: "enter" as const }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("leave" as const), choice: fc.nat() }) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 50, maxLength: 400 }), (steps) => {
        const budgetBytes = 6 * SLAB_BYTES;
        const pool = poolOf(budgetBytes);
        const live: Range[] = [];
        // Each retired range with the tickets that may see it.
        let retired: { range: Range; visibleTo: Set<EpochTicket> }[] = [];
        const out: EpochTicket[] = [];
        const free = (range: Range): void => {
          pool.free(range);
          retired.push({ range, visibleTo: new Set(out) });
        };
        const chargedBytes = (range: Range): number =>
          range.bytes > SLAB_BYTES / 2 || ownSlabs.has(range.slabId)
            ? pool.slabBuffer(range.slabId).byteLength
            : roundedUp(range.bytes);
        const ownSlabs = new Set<number>();
        const sum = (ranges: readonly Range[]): number =>
          ranges.reduce((total, range) => total + chargedBytes(range), 0);
        for (const next of steps) {
          if (next.kind === "allocate") {
            try {
              const range = pool.allocate(next.bytes);
              if (next.bytes > SLAB_BYTES / 2) ownSlabs.add(range.slabId);
              const end = range.offset + roundedUp(range.bytes);
              for (const other of [...live, ...retired.map((entry) => entry.range)]) {
                const isApart = other.offset >= end || other.offset + roundedUp(other.bytes) <= range.offset;
                assert.ok(other.slabId !== range.slabId || isApart, "two visible ranges overlap");
              }
              assert.ok(end <= roundedUp(pool.slabBuffer(range.slabId).byteLength), "a range ends in its slab");
              live.push(range);
            } catch (error) {
              assert.ok(isEau2Error(error, "MEMORY_EXCEEDED"), String(error));
              // Refused only for a reason: over the budget, or all slabs held and nothing free that is certain to fit
              // (a search may miss what is not a sixteenth larger).
              if (next.bytes <= SLAB_BYTES / 2 && pool.usedBytes + roundedUp(next.bytes) <= budgetBytes) {
                assert.ok(pool.reservedBytes > budgetBytes, `only ${pool.reservedBytes} bytes are held`);
                const fitsBytes = roundedUp(next.bytes) * (1 + 1 / 16) + 64;
                const hasKeptOwn = [...ownSlabs].some(
                  (slabId) => pool.holds(slabId) && !live.some((r) => r.slabId === slabId),
                );
                assert.ok(
                  hasKeptOwn || pool.largestFreeBytes < fitsBytes,
                  `${next.bytes} bytes were refused: ${error.message}`,
                );
              }
            }
          } else if (next.kind === "free" && live.length > 0) {
            free(live.splice(next.choice % live.length, 1)[0]!);
          } else if (next.kind === "trim" && live.length > 0) {
            const index = next.choice % live.length;
            const range = live[index]!;
            live[index] = pool.trim(range, Math.floor((range.bytes * next.ratio) / 100));
            const cutBytes = chargedBytes(range) - chargedBytes(live[index]!);
            const tail = {
              slabId: range.slabId,
              offset: live[index]!.offset + roundedUp(live[index]!.bytes),
              bytes: cutBytes,
            };
            if (cutBytes > 0)
              retired.push({ range: { ...tail, view: () => new Uint8Array() }, visibleTo: new Set(out) });
          } else if (next.kind === "enter") out.push(pool.enter());
          else if (next.kind === "leave" && out.length > 0) {
            const ticket = out.splice(next.choice % out.length, 1)[0]!;
            pool.leave(ticket);
            for (const { visibleTo } of retired) visibleTo.delete(ticket);
          }
          retired = retired.filter(({ visibleTo }) => visibleTo.size > 0);
          assert.equal(pool.usedBytes, sum(live));
          assert.ok(pool.usedBytes <= budgetBytes, "over the budget");
          assert.ok(pool.reservedBytes <= budgetBytes + SLAB_BYTES, "more than a slab over the budget is held");
          assert.equal(pool.retiredBytes, sum(retired.map(({ range }) => range)));
        }
        for (const range of live) pool.free(range);
        for (const ticket of out) pool.leave(ticket);
        assert.deepEqual([pool.usedBytes, pool.retiredBytes], [0, 0]);
        while (pool.usedBytes + SLAB_BYTES <= pool.reservedBytes && pool.usedBytes + SLAB_BYTES / 2 <= budgetBytes) {
          const half = pool.allocate(SLAB_BYTES / 2);
          assert.equal(half.offset % (SLAB_BYTES / 2), 0, "an empty slab is one free block");
        }
      }),
      { seed: seedFromEnv(), numRuns: 400 },
    );
  });
});
