import { spawnSync } from "node:child_process";

/** What a process took, of all its threads. */
export interface Usage {
  /** Seconds of processors. */
  readonly cpu: number;
  /** The most memory it had, in MB. */
  readonly megabytes: number;
}

/** A module that tells what its process took, as JSON on stdout. */
const tellUsage = `data:text/javascript,${encodeURIComponent(`
import { isMainThread } from "node:worker_threads";
const tell = () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1024 }));
};
if (isMainThread) process.on("exit", tell);
`)}`;

/**
 * Runs the built command line, whose results must go to a file, and returns what that took. Its exit code
 * must be 0 unless it may fail.
 */
export function measureCli(
  cli: string,
  args: readonly string[],
  { mayFail = false }: { readonly mayFail?: boolean } = {},
): Usage {
  const { status, stdout } = spawnSync(process.execPath, ["--import", tellUsage, cli, ...args], {
    encoding: "utf8",
    timeout: 300_000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (status === null || (status !== 0 && !mayFail)) throw new Error(`exit code ${status}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Usage;
}
