/**
 * A module to be loaded by `node --import`: counts the process's changes to the file system. Just before
 * change number QTRACE_KILL_AT the process kills itself; if it ends by itself, it writes the count to the
 * file QTRACE_CHANGES. So a test kills a program at every place that matters, without a clock.
 */
export const KILL_AT_WRITE = `data:text/javascript,${encodeURIComponent(`
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

let changes = 0;
const change = () => {
  changes += 1;
  if (changes === Number(process.env.QTRACE_KILL_AT)) process.kill(process.pid, "SIGKILL");
};
const count = (object, names) => {
  for (const name of names) {
    const original = object[name];
    object[name] = function (...args) {
      change();
      return original.apply(this, args);
    };
  }
};
const { writeFileSync } = fs;
const handle = await fs.promises.open(process.execPath);
const FileHandle = Object.getPrototypeOf(handle);
await handle.close();

count(fs, ["linkSync", "mkdirSync", "renameSync", "rmSync", "writeFileSync"]);
count(fs.promises, ["link", "mkdir", "open", "rename", "rm", "writeFile"]);
count(FileHandle, ["close", "sync"]);
// A process may also be killed while it writes: half of the file is there then.
const { writeFile } = FileHandle;
FileHandle.writeFile = async function (bytes) {
  if (changes + 1 === Number(process.env.QTRACE_KILL_AT)) {
    fs.writeSync(this.fd, bytes, 0, bytes.length >> 1);
  }
  change();
  return writeFile.call(this, bytes);
};
syncBuiltinESMExports();

process.on("exit", () => {
  if (process.env.QTRACE_CHANGES) writeFileSync(process.env.QTRACE_CHANGES, String(changes));
});
`)}`;
