/**
 * Completes package-lock.json: `node .ci/complete-lockfile.mjs`, after each `npm install PACKAGE`.
 *
 * npm leaves out the packages of other platforms that the registry could not serve when it made the
 * file, or lists them without a checksum. npm ≥ 11.16 refuses the first (npm/cli issue 9846), and
 * nothing would notice a package that was exchanged in the second case. This resolves those again, and
 * fails if some are still incomplete. test/lockfile.test.ts checks the result.
 */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { incompletePackages } from "./incomplete-packages.mjs";

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const read = () => JSON.parse(readFileSync(file, "utf8"));

const lock = read();
for (const path of incompletePackages(lock)) delete lock.packages[path];
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
const options = ["--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved"];
execFileSync("npm", ["install", ...options, "--no-audit", "--no-fund"], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  stdio: "inherit",
});

const incomplete = incompletePackages(read());
for (const path of incomplete) console.error(`package-lock.json: ${path} is incomplete`);
process.exitCode = incomplete.length === 0 ? 0 : 1;
