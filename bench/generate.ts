/**
 * What generating the tracers of QEMU's whole tree costs, beside parsing and modelling it:
 * `npm run bench -- generate`. Needs the shared corpus.
 */

import { parse } from "../grammar/parse.js";
import { generate } from "../src/codegen/generate.js";
import { buildModel } from "../src/model/build-model.js";
import type { EventModel } from "../src/model/event-model.js";
import { groupName } from "../src/model/group-name.js";
import { corpusSources } from "../test/support/corpus.js";
import { quantile } from "./support/quantile.js";

const ROUNDS = 15;

export function run(): void {
  const files = corpusSources("qemu-10.2.2");
  const read = () =>
    files
      .flatMap(({ text, path }) => buildModel(parse(text, path), { group: groupName(path) }))
      .map(whole);
  const reading: number[] = [];
  const generating: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = spent();
    const events = read();
    const middle = spent();
    generate(events);
    reading.push(middle - begin);
    generating.push(spent() - middle);
  }
  console.log(
    `${read().length} events, ${ROUNDS} rounds: the first, then median and quartiles, ms of computing`,
  );
  print("parse and model", reading);
  print("generate", generating);
  const ratio = quantile(generating, 0.5) / quantile(reading, 0.5);
  console.log(`generate, by parse and model: ${ratio.toFixed(2)} (aim: 1.5 at most)`);
}

/** Milliseconds that this program has computed: others of the machine take their share of the time. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The model resolves types and formats when somebody asks: here, so that it counts as modelling. */
function whole(event: EventModel): EventModel {
  void [event.arguments, event.format, event.declaration];
  return event;
}

function print(name: string, times: readonly number[]): void {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(times, part).toFixed(0));
  console.log(
    `${name.padEnd(16)} ${times[0]!.toFixed(0).padStart(5)} ${middle!.padStart(5)}   ${low} to ${high}`,
  );
}
