import type { FlagFinding } from "../../model/check-flags.js";
import type { FormatFinding } from "../../model/check-format.js";
import { formatFindings } from "../format-findings.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { spellConversion } from "../spell-conversion.js";

/** Flags, widths and length modifiers mean something where they stand. */
export const formatFlags: FileRule<"format-flags"> = {
  name: "format-flags",
  summary: "Every flag, width and length modifier means something where it stands.",
  why:
    "C leaves open what a flag does before a conversion that has no use for it, as in `%0s`; one given " +
    "twice, or cancelled by another, hides what was meant. Compilers refuse them with `-Wformat`.",
  bad: 'attach(const char *id) "id %05s"',
  good: 'attach(const char *id) "id %5s"',
  fixable: false,
  enforcedBy: "the C compiler",
  severity: always("error"),
  *check(file) {
    for (const { LP64 } of formatFindings(file)) {
      for (const finding of LP64) {
        const said = describe(finding);
        if (!said || !("piece" in finding) || finding.piece.kind === "literal") continue;
        const values = { conversion: spellConversion(finding.piece), ...said };
        yield { code: "format-flags", span: finding.piece.span, values };
      }
    }
  },
};

function describe(finding: FormatFinding): { what: string; why: string } | undefined {
  switch (finding.kind) {
    case "repeated-flag":
      return { what: option(finding), why: "is given twice" };
    case "useless-flag":
      return { what: option(finding), why: "means nothing there" };
    case "ignored-flag":
      return { what: option(finding), why: `is ignored because of ${nameOf(finding.by)}` };
    case "wrong-length":
      return {
        what: `the length '${finding.piece.length}'`,
        why: `means nothing before '${finding.piece.specifier}'`,
      };
    default:
      return undefined;
  }
}

const option = ({ flag }: FlagFinding) => nameOf(flag);

const nameOf = (flag: FlagFinding["flag"]) =>
  flag.length > 1 ? `the ${flag}` : `the flag '${flag}'`;
