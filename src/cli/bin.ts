#!/usr/bin/env node
import { main } from "./main.js";
import { nodeIo } from "./node-io.js";
import { optimizeLater } from "./optimize-later.js";

const args = process.argv.slice(2);
optimizeLater(args);
process.exitCode = await main(args, nodeIo());
