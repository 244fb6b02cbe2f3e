/** A frame to write queries about; its rows are nowhere. */
import { KeyRecord } from "@eau2/protocol";
import { DataFrame } from "../../src/frame/data-frame.js";
import { FrameRecord } from "../../src/frame/frame-record.js";
import type { ValueSource } from "../../src/frame/frame-store.js";
import { boolean, date, float64, int32, int64, list, timestamp, utf8 } from "../../src/schema/data-types.js";
import { type RowOf, type Schema, schema } from "../../src/schema/schema.js";

export const Flight = schema({
  carrier: utf8,
  origin: utf8,
  day: date,
  departed: timestamp,
  delay: float64,
  distance: int32,
  seats: int64({ as: "bigint" }),
  cancelled: boolean,
  stops: list(utf8),
});
export type Flight = RowOf<typeof Flight>;

const NO_VALUES: ValueSource = { get: async () => undefined };

export const emptyFrame = <Row>(
  schema: Schema<Row>,
  source: ValueSource = NO_VALUES,
  id = "flights",
): DataFrame<Row> => {
  const record = FrameRecord.parse({
    id,
    schema: schema.record,
    rowCount: 0,
    chunks: [],
    dictionaries: schema.columns.map(() => null),
    bytes: 0,
  });
  return new DataFrame(record, KeyRecord.parse({ name: `f/${id}/frame`, home: 0 }), source, schema);
};

export const flights = (source?: ValueSource): DataFrame<Flight> => emptyFrame(Flight, source);
