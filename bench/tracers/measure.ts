/** Run as a program, once for each case: `node measure.js NAME` prints nanoseconds per call, a JSON list. */

import { type Call, cases } from "./cases.js";

const ROUNDS = 25;
const ROUND_NS = 20e6;
const WARM_UP_NS = 300e6;
const names = ["pc.ram", "vga.vram", "0000:00:02.0/e1000.rom", "block0"];

const call = cases[process.argv[2] ?? ""];
if (!call) throw new Error(`no such case: ${process.argv[2]}`);
console.log(JSON.stringify(measure(call())));

function measure(call: Call): number[] {
  let count = 1000;
  for (let spent = 0; spent < WARM_UP_NS; ) {
    const time = run(call, count);
    spent += time;
    count = Math.ceil(count * Math.min(10, ROUND_NS / Math.max(time, 1)));
  }
  return Array.from({ length: ROUNDS }, () => run(call, count) / count);
}

/** Time of this program's own, since others of the machine take their share too. */
function run(call: Call, count: number): number {
  const begin = process.cpuUsage();
  for (let index = 0; index < count; index++) call(names[index & 3]!, index * 4096, index & 0xff);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) * 1000;
}
