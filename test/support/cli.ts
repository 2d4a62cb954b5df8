import { main } from "../../src/cli/main.js";

/** What a command line gave. */
export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, without colours; `run` is another build of it. */
export async function runCli(
  args: readonly string[],
  stdin: string | Uint8Array = "",
  run = main,
): Promise<CliResult> {
  const out: Buffer[] = [];
  let err = "";
  const code = await run(args, {
    out: async (text) => void out.push(Buffer.from(text)),
    err: (text) => {
      err += text;
    },
    stdin: async function* () {
      yield Buffer.from(stdin);
    },
    colors: false,
  });
  return { code, out: Buffer.concat(out).toString("utf8"), err };
}
