/** Run as a program, once for each case: `node measure.js NAME` prints nanoseconds per call, a JSON list. */

import { type Call, cases } from "./cases.js";

const ROUNDS = 7;
const ROUND_NS = 100e6;
const names = ["pc.ram", "vga.vram", "0000:00:02.0/e1000.rom", "block0"];

const call = cases[process.argv[2] ?? ""];
if (!call) throw new Error(`no such case: ${process.argv[2]}`);
console.log(JSON.stringify(measure(call())));

function measure(call: Call): number[] {
  let count = 1000;
  let time = run(call, count);
  while (time < ROUND_NS) {
    count = Math.ceil(count * Math.min(10, (1.2 * ROUND_NS) / time));
    time = run(call, count);
  }
  return Array.from({ length: ROUNDS }, () => run(call, count) / count);
}

function run(call: Call, count: number): number {
  const begin = process.hrtime.bigint();
  for (let index = 0; index < count; index++) call(names[index & 3]!, index * 4096, index & 0xff);
  return Number(process.hrtime.bigint() - begin);
}
