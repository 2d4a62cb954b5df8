import { createHash } from "node:crypto";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";

const oneIn = Number(process.env.QTRACE_MUTATION_SAMPLE ?? 1);

/** Lets through one mutant in N, chosen by a hash: the same ones each time. */
class SampleChecker {
  async init() {}

  async check(mutants) {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, isSampled(mutant)]));
  }

  group(mutants) {
    return [mutants.map(({ id }) => id)];
  }
}

function isSampled({ fileName, location: { start }, replacement }) {
  // The path within the sandbox, whose folder has another name each time.
  const path = fileName.slice(fileName.indexOf("/src/"));
  const identity = `${path}:${start.line}:${start.column}:${replacement}`;
  const hash = createHash("sha256").update(identity).digest().readUInt32BE();
  return hash % oneIn === 0
    ? { status: "passed" }
    : { status: "compileError", reason: "not in the sample" };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, "sample", SampleChecker)];
