/** Frames to ask about, the same for every seed: one with every type in small chunks, and one with enough rows for several partitions. */
import {
  boolean,
  DataFrame,
  date,
  type FrameStore,
  float64,
  int32,
  int64,
  list,
  type NewRow,
  type RowOf,
  schema,
  timestamp,
  utf8,
} from "@eau2/dataframe";
import { SeededRandom } from "@eau2/network";

const Order = schema({
  id: int32,
  /** Few different values: codes of a dictionary. */
  shop: utf8,
  /** Mostly different: text without a dictionary. */
  note: utf8,
  day: date,
  at: timestamp,
  /** Of very different magnitudes; NaN, infinities and -0 among them. */
  price: float64,
  /** Floats that add up to no surprise. */
  weight: float64,
  units: int32,
  /** Beyond what a double holds exactly. */
  serial: int64({ as: "bigint" }),
  paid: boolean,
  tags: list(utf8),
});
type Order = RowOf<typeof Order>;

const Reading = schema({ sensor: int32, place: utf8, value: float64 });
type Reading = RowOf<typeof Reading>;

export interface GeneratedFrames {
  readonly orders: DataFrame<Order>;
  /** As {@link orders}, of another seed: its dictionaries are others. */
  readonly returns: DataFrame<Order>;
  readonly readings: DataFrame<Reading>;
}

const ORDERS = 1_500;
/** Chunks of so few rows that 16 shards have some each. */
const ORDER_CHUNK_ROWS = 90;
/** Groups and rows beyond 262,144 are finished in several partitions. */
const READINGS = 270_000;
const READING_CHUNK_ROWS = 20_000;

export interface FrameOptions {
  readonly seed: number;
  /** Chunks are so many times larger. @defaultValue 1 */
  readonly chunkScale?: number;
}

const SHOPS = ["north", "south", "Zürich", "", "constructor", "__proto__", "a\nb", 'say "hi"', "日本", "z"];
const TAGS = ["new", "gift", "late", "", "fragile"];
const PRICES = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300, 5e-324, 0.1, -0.1];
const DAY_MS = 86_400_000;

const orderOf = (random: SeededRandom, id: number): NewRow<Order> => {
  const orNull = <T>(value: T): T | null => (random.chance(0.08) ? null : value);
  const day = random.below(40_000) - 15_000;
  return {
    id,
    shop: orNull(SHOPS[random.below(SHOPS.length)]!),
    note: orNull(`note ${random.uint32().toString(36)} ${random.below(3)}`),
    day: orNull(new Date(day * DAY_MS)),
    at: orNull(new Date(day * DAY_MS + random.below(DAY_MS))),
    price: orNull(random.chance(0.1) ? PRICES[random.below(PRICES.length)]! : (random.below(2_000_001) - 1e6) / 997),
    weight: orNull(random.uint32() / 3e6),
    units: orNull(random.below(12) - 2),
    serial: orNull(BigInt(random.uint32()) * 2_147_483_629n - 2n ** 62n),
    paid: orNull(random.chance(0.6)),
    tags: orNull(Array.from({ length: random.below(4) }, () => orNull(TAGS[random.below(TAGS.length)]!))),
  };
};

const orders = (store: FrameStore, { seed, chunkScale = 1 }: FrameOptions, count: number) => {
  const random = new SeededRandom(seed);
  const rows = Array.from({ length: count }, (_, id) => orderOf(random, id));
  return DataFrame.fromRows(store, Order, rows, { chunkRows: ORDER_CHUNK_ROWS * chunkScale });
};

const readings = (store: FrameStore, { seed, chunkScale = 1 }: FrameOptions) => {
  const random = new SeededRandom(seed);
  const sensor = new Int32Array(READINGS);
  const value = new Float64Array(READINGS);
  const place = new Array<string>(READINGS);
  for (let row = 0; row < READINGS; row++) {
    sensor[row] = random.below(2 ** 31);
    value[row] = (random.uint32() - 2 ** 31) / 1e5;
    place[row] = `place ${random.below(500)}`;
  }
  const options = { schema: Reading, chunkRows: READING_CHUNK_ROWS * chunkScale };
  return DataFrame.fromColumns<Reading>(store, { sensor, place, value }, options);
};

export const generatedFrames = async (store: FrameStore, options: FrameOptions): Promise<GeneratedFrames> => {
  const { seed } = options;
  return {
    orders: await orders(store, options, ORDERS),
    returns: await orders(store, { ...options, seed: seed + 1 }, ORDERS / 5),
    readings: await readings(store, { ...options, seed: seed + 2 }),
  };
};
