#!/usr/bin/env node
import { endAll } from "./end-of-process.js";
import { main } from "./main.js";
import { nodeIo } from "./node-io.js";
import { optimizeLater } from "./optimize-later.js";

const args = process.argv.slice(2);
optimizeLater(args);
process.exitCode = await main(args, nodeIo());
// A child process that is still there, of an input that was left before its end, must not be waited for.
endAll();
