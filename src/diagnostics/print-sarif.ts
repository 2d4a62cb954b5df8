import type { Log, ReportingDescriptor, Result, Fix as SarifFix } from "sarif";
import type { Source } from "../../grammar/source.js";
import { type Fix, messageOf, type Problem, severityOf } from "./catalogue.js";
import type { FileProblems } from "./file-problems.js";
import { type RegionJson, regionJson } from "./problem-json.js";
import { subjectOf } from "./subject.js";

/** What SARIF tells of a rule. */
export interface SarifRule {
  readonly name: string;
  readonly summary: string;
  readonly why: string;
  /** The whole documentation of the rule. */
  readonly markdown: string;
}

/** Findings as SARIF 2.1.0, which code scanning services read. */
export function printSarif(
  files: readonly FileProblems[],
  { version, rules }: { readonly version: string; readonly rules: readonly SarifRule[] },
): string {
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "qtrace", version, rules: rules.map(descriptor) } },
        columnKind: "utf16CodeUnits",
        results: files.flatMap((file) => results(file, rules)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 1)}\n`;
}

function descriptor({ name, summary, why, markdown }: SarifRule): ReportingDescriptor {
  return {
    id: name,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    help: { text: why, markdown },
  };
}

function results({ source, problems }: FileProblems, rules: readonly SarifRule[]): Result[] {
  const seen = new Map<string, number>();
  return problems.map((problem) => {
    const subject = `${problem.code} ${subjectOf(source, problem)}`;
    const times = (seen.get(subject) ?? 0) + 1;
    seen.set(subject, times);
    const ruleIndex = rules.findIndex(({ name }) => name === problem.code);
    return {
      ruleId: problem.code,
      ...(ruleIndex >= 0 && { ruleIndex }),
      level: severityOf(problem),
      message: { text: messageOf(problem) },
      locations: [
        {
          physicalLocation: {
            artifactLocation: artifact(source),
            region: region(regionJson(source, problem.span)),
          },
        },
      ],
      // Lines may move and the finding is still the same: it is known by event and order.
      partialFingerprints: { "qtraceSubject/v1": `${subject} ${times}` },
      ...(problem.fix && { fixes: [fixOf(source, problem, problem.fix)] }),
    };
  });
}

function fixOf(source: Source, { code }: Problem, { span, replacement }: Fix): SarifFix {
  return {
    description: { text: `Mend what ${code} found` },
    artifactChanges: [
      {
        artifactLocation: artifact(source),
        replacements: [
          {
            deletedRegion: region(regionJson(source, span)),
            insertedContent: { text: replacement },
          },
        ],
      },
    ],
  };
}

function region({ line, column, endLine, endColumn }: RegionJson) {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

/** A relative URI, as SARIF wants it. */
function artifact({ name }: Source): { uri: string } {
  const path = name.replaceAll("\\", "/").replace(/^\.\//, "");
  return { uri: path.split("/").map(encodeURIComponent).join("/") };
}
