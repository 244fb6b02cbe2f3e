/**
 * Grouped horizontal bars as SVG. One set of colours that can be read on white and on black: whoever shows the picture
 * may have another theme than the system that it runs on, so the picture does not ask for either.
 */

export interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  /** What the length of a bar means. */
  readonly axis: string;
  /** Names of the bars of a group, in their order. */
  readonly series: readonly string[];
  readonly groups: readonly BarGroup[];
}

interface BarGroup {
  readonly label: string;
  readonly note: string;
  /** One for each series; null leaves its place empty. */
  readonly bars: readonly (Bar | null)[];
}

interface Bar {
  readonly length: number;
  /** Behind the bar. */
  readonly text: string;
}

const WIDTH = 860;
const MARGIN = 16;
const LABEL_WIDTH = 230;
const VALUE_WIDTH = 80;
const HEAD_HEIGHT = 88;
const AXIS_HEIGHT = 48;
const BAR_HEIGHT = 11;
const BAR_STEP = 13;
const GROUP_GAP = 13;
const TICKS_MAX = 8;
/** A bar that is longer is cut, and shows a gap: it would make all others short. */
const LENGTH_MAX = 6;
const GAP = 5;
const INK = "#757d87";
const RULE = "#8b949e";
const COLOURS = ["#2f81f7", "#c99700", "#8f6fc9", "#3fa45b"];

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** No more digits than a picture has room for. */
const px = (value: number): string => String(Math.round(value * 10) / 10);

interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: "middle" | "end";
}

const text = (x: number, y: number, content: string, { size = 12, weight, anchor }: TextStyle = {}): string => {
  const attributes = [
    `x="${px(x)}" y="${px(y)}" font-size="${size}"`,
    weight === undefined ? "" : ` font-weight="${weight}"`,
    anchor === undefined ? "" : ` text-anchor="${anchor}"`,
  ].join("");
  return `<text ${attributes}>${escaped(content)}</text>`;
};

const rect = (x: number, y: number, width: number, height: number, colour: string): string =>
  `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${height}" rx="1.5" fill="${colour}"/>`;

/** Round distances between ticks: 1, 2 or 5 times a power of ten, so that there are at most {@link TICKS_MAX}. */
const tickStep = (longest: number): number => {
  const power = 10 ** Math.floor(Math.log10(longest / TICKS_MAX));
  return power * [1, 2, 5, 10].find((factor) => longest / (power * factor) <= TICKS_MAX)!;
};

const legend = (series: readonly string[]): string[] => {
  let x = MARGIN;
  return series.flatMap((name, index) => {
    const parts = [rect(x, 62, 11, 11, COLOURS[index % COLOURS.length]!), text(x + 17, 72, name)];
    x += 42 + name.length * 7;
    return parts;
  });
};

export const barChart = ({ title, subtitle, axis, series, groups }: BarChart): string => {
  const groupHeight = series.length * BAR_STEP + GROUP_GAP;
  const bottom = HEAD_HEIGHT + groups.length * groupHeight;
  const height = bottom + AXIS_HEIGHT;
  const left = MARGIN + LABEL_WIDTH;
  const lengths = groups.flatMap(({ bars }) => bars.map((bar) => bar?.length ?? 0));
  const longest = Math.min(LENGTH_MAX, Math.max(...lengths, Number.MIN_VALUE));
  const scale = (WIDTH - MARGIN - VALUE_WIDTH - left) / longest;

  const step = tickStep(longest);
  const ticks = Array.from({ length: Math.floor(longest / step + 1e-9) + 1 }, (_, index) => index * step);
  const axisLines = ticks.flatMap((tick) => [
    `<path d="M${px(left + tick * scale)} ${HEAD_HEIGHT - 4}V${bottom}" stroke="${RULE}" stroke-opacity="0.35"/>`,
    text(left + tick * scale, bottom + 16, String(Number(tick.toPrecision(6))), { size: 11, anchor: "middle" }),
  ]);

  const bodies = groups.flatMap(({ label, note, bars }, at) => {
    const top = HEAD_HEIGHT + at * groupHeight;
    const labelY = top + (series.length * BAR_STEP) / 2 + (note === "" ? 4 : -2);
    return [
      text(left - 10, labelY, label, { size: 12, weight: 600, anchor: "end" }),
      ...(note === "" ? [] : [text(left - 10, labelY + 14, note, { size: 11, anchor: "end" })]),
      ...bars.flatMap((bar, index) => {
        if (bar === null) return [];
        const y = top + index * BAR_STEP;
        const width = Math.max(1, Math.min(longest, bar.length) * scale);
        const colour = COLOURS[index % COLOURS.length]!;
        const tail = 3 * GAP;
        return [
          ...(bar.length <= longest
            ? [rect(left, y, width, BAR_HEIGHT, colour)]
            : [
                rect(left, y, width - tail - GAP, BAR_HEIGHT, colour),
                rect(left + width - tail, y, tail, BAR_HEIGHT, colour),
              ]),
          text(left + width + 5, y + BAR_HEIGHT - 1.5, bar.text, { size: 10 }),
        ];
      }),
    ];
  });

  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" fill="${INK}">`,
    `<title>${escaped(title)}</title>`,
    text(MARGIN, 26, title, { size: 17, weight: 600 }),
    text(MARGIN, 46, subtitle, { size: 11 }),
    ...legend(series),
    ...axisLines,
    ...bodies,
    text(left, bottom + 36, axis, { size: 11 }),
    "</svg>",
  ].join("\n")}\n`;
};
