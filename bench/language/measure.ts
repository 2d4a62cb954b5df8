/**
 * Run by bench/language.ts in a process of its own, on a bundle: `measure.js warm|cold WHAT FILE…`
 * prints milliseconds, one number a round. Cold is the first round and all that loads before it,
 * Node's own start left out.
 */

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { parse } from "../../grammar/parse.js";
import { parseBytes } from "../../grammar/parse-bytes.js";
import { buildModel } from "../../src/model/build-model.js";
import { bareParse } from "./bare-parser.js";

const ROUNDS = 60;
const WARM_UP = 20;

const decoder = new TextDecoder();

/** What is measured: each reads the bytes of a file. */
const readers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  lines: (bytes) => decoder.decode(bytes).split("\n"),
  bare: (bytes) => bareParse(decoder.decode(bytes)),
  parse: (bytes) => parse(decoder.decode(bytes)),
  model: (bytes) => buildModel(parseBytes(bytes), { group: "bench" }),
  formats: (bytes) => {
    const events = buildModel(parseBytes(bytes), { group: "bench" });
    return events.map(({ format }) => format);
  },
};

const [how, what = "", ...files] = process.argv.slice(2);
const contents = files.map((file) => readFileSync(file));
const read = readers[what]!;

function round(): number {
  const begin = performance.now();
  for (const bytes of contents) read(bytes);
  return performance.now() - begin;
}

if (how === "cold") {
  round();
  console.log(performance.now() - performance.nodeTiming.bootstrapComplete);
} else {
  for (let count = 0; count < WARM_UP; count++) round();
  for (let count = 0; count < ROUNDS; count++) console.log(round());
}
