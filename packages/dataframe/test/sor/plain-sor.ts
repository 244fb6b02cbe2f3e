/** What reading SoR must yield, by regular expressions on one character a byte: no code shared with the product. */
import type { SorColumnType } from "../../src/sor/sor-types.js";
import type { BadRowPolicy, RowFault } from "../../src/text/bad-rows.js";

const FIELD = /< *(?:"([^"]*)"|([^"> ][^> ]*))? *>/y;
const QUOTE_UNCLOSED = /< *"[^"]*$/y;
const FIELD_UNCLOSED = /< *(?:"[^"]*"|[^"> ][^> ]*)? *$/y;
const TEXT_BEHIND = /< *(?:"[^"]*"|[^"> ][^> ]*) *[^> ][^>]*>?/y;

type PlainValue = boolean | bigint | number | string | null;

export interface PlainSor {
  readonly rows: PlainValue[][];
  readonly lineCount: number;
  readonly badRows: { readonly line: number; readonly column: number; readonly fault: RowFault }[];
}

type Field = { readonly quoted?: string | undefined; readonly bare?: string | undefined } | RowFault;

const isInt64 = (text: string): boolean =>
  /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, integer(text)) === integer(text);
const integer = (text: string): bigint => (text.startsWith("-") ? -1n : 1n) * BigInt(text.replace(/^[+-]/, ""));

const typedValue = (type: SorColumnType, { quoted, bare }: Exclude<Field, string>): PlainValue | undefined => {
  if (type === "utf8") return quoted ?? bare ?? null;
  if (bare === undefined) return quoted === undefined ? null : undefined;
  if (type === "boolean") return bare === "0" || bare === "1" ? bare === "1" : undefined;
  if (type === "int64") return isInt64(bare) ? integer(bare) : undefined;
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(bare) ? Number(bare) : undefined;
};

const fieldsOf = (line: string): Field[] => {
  const fields: Field[] = [];
  const match = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(line);
  };
  for (let open = line.indexOf("<"); open >= 0; ) {
    const good = match(FIELD, open);
    const [text, fault]: [string, RowFault | undefined] =
      good !== null
        ? [good[0], undefined]
        : match(QUOTE_UNCLOSED, open) !== null
          ? [line.slice(open), "quote-unclosed"]
          : match(FIELD_UNCLOSED, open) !== null
            ? [line.slice(open), "field-unclosed"]
            : [match(TEXT_BEHIND, open)![0], "text-behind-value"];
    const isLong = (good?.[1] ?? good?.[2] ?? "").length > 255;
    fields.push(fault ?? (isLong ? "too-long" : { quoted: good![1], bare: good![2] }));
    open = line.indexOf("<", open + text.length);
  }
  return fields;
};

/** Lines without their "\n"; nothing behind the last one is no line. */
export const linesOf = (file: Uint8Array): string[] => {
  const lines = Buffer.from(file).toString("latin1").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
};

export const plainSor = (lines: readonly string[], types: readonly SorColumnType[], policy: BadRowPolicy): PlainSor => {
  const rows: PlainValue[][] = [];
  const badRows: PlainSor["badRows"] = [];
  for (const [index, line] of lines.entries()) {
    const fields = fieldsOf(line);
    let bad: PlainSor["badRows"][number] | undefined;
    const row = types.map((type, column): PlainValue => {
      const field = fields[column] ?? {};
      const value = typeof field === "string" ? undefined : typedValue(type, field);
      if (value === undefined) {
        bad ??= { line: index + 1, column, fault: typeof field === "string" ? field : "contradicts" };
      }
      return value ?? null;
    });
    if (bad !== undefined) badRows.push(bad);
    if (bad === undefined || policy === "null") rows.push(row);
  }
  return { rows, lineCount: lines.length, badRows };
};
