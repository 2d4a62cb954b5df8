import { seededRandom } from "../support/random.js";

/** Types of arguments and a format, as they stand in a declaration. */
export interface RandomDeclaration {
  readonly types: readonly string[];
  /** C's source of the format: string literals and PRI macros. */
  readonly format: string;
}

/** Every spelling that a type has in QEMU's files, and others that none of them uses yet. */
export const cTypes: readonly string[] = [
  ..."int8_t uint8_t int16_t uint16_t int32_t uint32_t int64_t uint64_t".split(" "),
  ..."size_t ssize_t uintptr_t ptrdiff_t bool char short int long".split(" "),
  ..."unsigned|unsigned int|unsigned long|unsigned char|unsigned short|signed char".split("|"),
  ..."signed int|long long|long long int|unsigned long long|long unsigned int|short int".split("|"),
  ..."const int|signed|long int|unsigned long long int|signed long".split("|"),
  ..."char *|const char *|char const *|char **|const char **|void *|const void *".split("|"),
  ..."void **|int *|const int *|unsigned int *|uint8_t *|const uint8_t *|int8_t *".split("|"),
  ..."signed char *|unsigned char *|int16_t *|short *|int64_t *|long *|long long *".split("|"),
  ..."const long *|size_t *|ssize_t *|ptrdiff_t *|uint64_t *|bool *|int **|uint16_t *".split("|"),
];

const letters = [..."dddiuuuxxxXoccsssspp", ..."eEfFgGaAnm"];
const lengths = ["", "", "", "", "hh", "h", "l", "l", "ll", "ll", "j", "z", "z", "t", "L"];
const macroLetters = [..."diouxX"];
const macroLengths = ["8", "16", "32", "64", "64", "PTR", "MAX"];
const numbers = ["1", "2", "8", "16", "016", "*"];

/** The same endless row of declarations for the same seed. */
export function randomDeclarations(seed: number): () => RandomDeclaration {
  const random = seededRandom(seed);
  const pick = <T>(choices: readonly T[]): T => choices[random(choices.length)]!;
  const chance = (percent: number) => random(100) < percent;

  const layout = () => {
    const flags = chance(15)
      ? Array.from({ length: 1 + random(3) }, () => pick([..."-+ #0'"]))
      : [];
    const width = chance(15) ? pick(numbers) : "";
    const precision = chance(12) ? `.${pick([...numbers, "", "0"])}` : "";
    return `%${flags.join("")}${width}${precision}`;
  };
  const conversion = () =>
    chance(25)
      ? `${layout()}" PRI${pick(macroLetters)}${pick(macroLengths)} "`
      : `${layout()}${pick(lengths)}${pick(letters)}`;
  const text = () => pick(["", " ", " 0x", "a=", "%%", "\\t", "\\\\", "\\x41 ", ", ", "é"]);

  return () => {
    let format = text();
    let wanted = 0;
    for (let left = random(5); left > 0; left--) {
      const one = conversion();
      wanted += 1 + one.split("*").length - 1;
      format += one + text();
    }
    if (chance(1)) format += "\\0 more";
    const count = chance(85) ? wanted : Math.max(0, wanted + random(5) - 2);
    return { types: Array.from({ length: count }, () => pick(cTypes)), format: `"${format}"` };
  };
}
