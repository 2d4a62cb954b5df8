import { gccFindings } from "../model/gcc-format.js";
import { cTypes } from "../model/random-declaration.js";
import { pick, type Random } from "../support/random.js";

/** An event as a trace-events file declares it. */
export interface RandomEvent {
  readonly name: string;
  readonly types: readonly string[];
  readonly names: readonly string[];
  /** C's source of the format; undefined where the event has none. */
  readonly format: string | undefined;
  readonly disabled: boolean;
}

/** The line of an event. */
export function declarationOf({ name, types, names, format, disabled }: RandomEvent): string {
  const list = types.map((type, index) => `${type} ${names[index]}`).join(", ") || "void";
  return `${disabled ? "disable " : ""}${name}(${list})${format === undefined ? "" : ` ${format}`}\n`;
}

/** By type, the conversions that gcc accepts for it, such as `ld` or `PRIx64`. */
export type FittingConversions = ReadonlyMap<string, readonly string[]>;

/** Asks gcc about every conversion with every type. `%s` is for strings only: addresses are random. */
export function fittingConversions(gcc: string): FittingConversions {
  const letters = [..."diouxX"];
  const lengths = ["", "hh", "h", "l", "ll", "j", "z", "t", "L"];
  const conversions = [
    ...lengths.flatMap((length) => letters.map((letter) => length + letter)),
    ...["8", "16", "32", "64", "PTR", "MAX"].flatMap((size) =>
      letters.map((letter) => `PRI${letter}${size}`),
    ),
    ...["c", "s", "p"],
  ];
  const pairs = cTypes.flatMap((type) =>
    conversions
      .filter((conversion) => (conversion === "s") === /^(const )?char \*$/.test(type))
      .map((conversion) => ({ type, conversion })),
  );
  const findings = gccFindings(
    gcc,
    ["-Wno-format-signedness"],
    pairs.map(({ type, conversion }) => ({ types: [type], format: written("", conversion) })),
  );
  const fitting = new Map<string, string[]>();
  for (const [index, { type, conversion }] of pairs.entries()) {
    if (findings[index]!.all.length > 0) continue;
    fitting.set(type, [...(fitting.get(type) ?? []), conversion]);
  }
  return fitting;
}

function written(layout: string, conversion: string): string {
  return conversion.startsWith("PRI") ? `"%${layout}" ${conversion}` : `"%${layout}${conversion}"`;
}

/** Words that TypeScript reserves or that mean something to JavaScript's objects and modules. */
const words = (
  "new new_ new__ class class_ function function_ in export default await async yield let static " +
  "enum eval arguments undefined NaN Infinity null true this super typeof void_ delete package " +
  "interface private type any number string bigint boolean object unknown never of get set as is " +
  "constructor __proto__ prototype toString valueOf hasOwnProperty then name length " +
  "defineEvent EventGroup TypedRecord NoArguments Record Number BigInt globalThis emit enabled _ __ _0 " +
  "a a_ _a A aB a_b ab"
).split(" ");

const texts = [
  ...["", "|", " ", "a=", "0x", "%%", "é", "😀", "'", "`", "$" + "{x}", "*/", "//", "</script>"],
  ...[String.raw`\"`, String.raw`\\`, String.raw`\\\"`, String.raw`\t`, String.raw`\'\"`],
  ...[String.raw`\xc3\xa9`, String.raw`\101`, String.raw`\x7f`, "\u2028"],
];

/** Events, each with a unique name in any group; all values of their types print without undefined behavior. */
export function randomEvents(
  random: Random,
  fitting: FittingConversions,
  count: number,
): RandomEvent[] {
  const chance = (percent: number) => random(100) < percent;
  const taken = new Set<string>();
  const unused = (name: string, used: Set<string>) => {
    let free = name;
    while (used.has(free)) free += pick(random, ["_", "0", "A"]);
    used.add(free);
    return free;
  };
  const identifier = () => (chance(60) ? pick(random, words) : `x${random(1000)}`);

  const event = (): RandomEvent => {
    const name = unused(chance(15) ? identifier().toUpperCase() : identifier(), taken);
    const types: string[] = [];
    const text = () => pick(random, texts);
    const star = () => {
      types.push("int");
      return "*";
    };
    const layout = () => {
      const flags = chance(30) ? pick(random, ["-", "0", "+", " ", "#", "#0", "-+", "'"]) : "";
      const width = chance(30) ? (chance(20) ? star() : 1 + random(24)) : "";
      const precision = chance(25) ? `.${chance(20) ? star() : pick(random, ["", 0, 1, 9])}` : "";
      return `${flags}${width}${precision}`;
    };
    let format = `"${text()}"`;
    const left = random(5);
    for (let at = 0; at < left && types.length < 7; at++) {
      const before = layout();
      const type = pick(random, [...fitting.keys()]);
      types.push(type);
      format += `${written(before, pick(random, fitting.get(type)!))} "${text()}"`;
    }
    while (types.length < 10 && chance(15)) types.push(pick(random, cTypes));
    const used = new Set<string>();
    const ownNames = [`TRACE_${name.toUpperCase()}`, `trace_${name}`, name];
    const names = types.map(() => unused(chance(15) ? pick(random, ownNames) : identifier(), used));
    const without = chance(5);
    return { name, types, names, format: without ? undefined : format, disabled: chance(5) };
  };
  return Array.from({ length: count }, event);
}
