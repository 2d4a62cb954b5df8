import { copy } from "./copy.js";
import { trace_copier_done, trace_copier_start } from "./generated/copier.js";
import { startTracing } from "./tracing.js";

const BLOCK_SIZE = 4096;

startTracing(process.env.COPIER_TRACE);
const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  console.error("usage: copier FROM TO");
  process.exit(2);
}
trace_copier_start(from, to, BLOCK_SIZE);
const begin = process.hrtime.bigint();
const bytes = copy(from, to, BLOCK_SIZE);
trace_copier_done(bytes, process.hrtime.bigint() - begin);
