/** What a range costs: allocate and free of small values, fresh, in a full pool, and in random order. */
import { SlabPool } from "../src/slab/slab-pool.js";

const GIBIBYTE = 1024 ** 3;
const VALUE_COUNT = 4_000_000;

const timed = (name: string, count: number, body: () => void): void => {
  const started = performance.now();
  body();
  const nanoseconds = ((performance.now() - started) * 1e6) / count;
  console.log(`${name.padEnd(58)} ${nanoseconds.toFixed(0).padStart(6)} ns`);
};

const residentMebibytes = (): number => process.memoryUsage().rss / 1024 ** 2;

const newPool = (): SlabPool =>
  new SlabPool({ budgetBytes: 8 * GIBIBYTE, allocateSlab: (bytes) => new SharedArrayBuffer(bytes) });

const check = (pool: SlabPool, usedBytes: number): void => {
  if (pool.usedBytes !== usedBytes || pool.retiredBytes !== 0) throw new Error(`accounts are off: ${pool.usedBytes}`);
};

const pool = newPool();
const slabIds = new Int32Array(VALUE_COUNT);
const offsets = new Int32Array(VALUE_COUNT);
const put = (index: number, bytes: number): void => {
  const range = pool.allocate(bytes);
  slabIds[index] = range.slabId;
  offsets[index] = range.offset;
};
const drop = (index: number, bytes: number): void =>
  pool.free({ slabId: slabIds[index]!, offset: offsets[index]!, bytes });

for (let index = 0; index < 200_000; index++) put(index, 100);
for (let index = 0; index < 200_000; index++) drop(index, 100);
check(pool, 0);

const before = residentMebibytes();
timed("100-byte values: allocate, fresh slabs", VALUE_COUNT, () => {
  for (let index = 0; index < VALUE_COUNT; index++) put(index, 100);
});
check(pool, VALUE_COUNT * 128);
console.log(
  `  tags: ${(((residentMebibytes() - before) * 1024 ** 2) / VALUE_COUNT).toFixed(1)} bytes a value (slabs untouched)`,
);
timed("100-byte values: free one, allocate one, random places", VALUE_COUNT, () => {
  let at = 1;
  for (let step = 0; step < VALUE_COUNT; step++) {
    at = (at * 1_664_525 + 1_013_904_223) >>> 0;
    const index = at % VALUE_COUNT;
    drop(index, 100);
    put(index, 100);
  }
});
timed("100-byte values: free all, in order", VALUE_COUNT, () => {
  for (let index = 0; index < VALUE_COUNT; index++) drop(index, 100);
});
check(pool, 0);

const mixed = Int32Array.from({ length: VALUE_COUNT / 4 }, (_, index) => ((index * 2_654_435_761) >>> 0) % 4_000);
timed("0 to 4,000 bytes: allocate", mixed.length, () => {
  for (let index = 0; index < mixed.length; index++) put(index, mixed[index]!);
});
timed("0 to 4,000 bytes: free one, allocate one, random", mixed.length, () => {
  let at = 1;
  for (let step = 0; step < mixed.length; step++) {
    at = (at * 1_664_525 + 1_013_904_223) >>> 0;
    const index = at % mixed.length;
    drop(index, mixed[index]!);
    put(index, mixed[index]!);
  }
});
console.log(`  ${pool.slabCount} slabs, ${((pool.usedBytes / pool.reservedBytes) * 100).toFixed(0)} % of them used`);
timed("with a ticket out: free", mixed.length, () => {
  const ticket = pool.enter();
  for (let index = 0; index < mixed.length; index++) drop(index, mixed[index]!);
  pool.leave(ticket);
});
check(pool, 0);
