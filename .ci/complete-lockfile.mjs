/**
 * Adds to package-lock.json the optional packages for other platforms that npm left out because the
 * registry did not have them when it made the file: `node .ci/complete-lockfile.mjs`, after each
 * `npm install PACKAGE`.
 *
 * Without them `npm ci` of npm ≥ 11.16 refuses its own lockfile, `Missing: NAME@ from lock file`
 * (npm/cli issue 9846). What is added has the version that its parent asks for, but no checksum.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const lock = JSON.parse(readFileSync(file, "utf8"));
const packages = lock.packages;

/** Whether a package in folder `path` finds `name`: in its own node_modules or in one further up. */
function finds(path, name) {
  if (`${path && `${path}/`}node_modules/${name}` in packages) return true;
  return path !== "" && finds(path.slice(0, Math.max(path.lastIndexOf("/node_modules/"), 0)), name);
}

/** What npm must know to pass over a package on other platforms: it is told in the name. */
function platformOf(name) {
  const [, os, cpu, abi] = name.match(/[-/]([a-z]+\d*)-([a-z\d]+)(?:-([a-z]+))?$/) ?? [];
  if (os === undefined) throw new Error(`no platform in the name of ${name}`);
  const libc = abi?.startsWith("musl") ? "musl" : abi?.startsWith("gnu") ? "glibc" : undefined;
  return { cpu: [cpu], ...(os === "linux" && libc && { libc: [libc] }), os: [os] };
}

const added = [];
for (const [path, { dev, optionalDependencies = {} }] of Object.entries(packages))
  for (const [name, version] of Object.entries(optionalDependencies))
    if (!finds(path, name)) {
      packages[`node_modules/${name}`] = { version, dev, optional: true, ...platformOf(name) };
      added.push(name);
    }

const byPath = ([a], [b]) => a.localeCompare(b, "en");
lock.packages = Object.fromEntries(Object.entries(packages).sort(byPath));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} added${added.map((name) => `\n  ${name}`).join("")}`);
