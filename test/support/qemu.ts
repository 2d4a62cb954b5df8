import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";

/** What QEMU answered or told. */
type Message = Readonly<Record<string, unknown>>;

/** Milliseconds in which a migration comes to any status. */
const PATIENCE = 30_000;

/** A QEMU of the machine, spoken to by QMP on its standard streams. `quit` it in any case. */
export class Qemu {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: Message[] = [];
  #wake: () => void = () => {};
  #text = "";
  #stderr = "";

  private constructor(program: string, args: readonly string[]) {
    this.#process = spawn(program, [...args, "-display", "none", "-nodefaults", "-qmp", "stdio"]);
    this.#process.stdout.setEncoding("utf8").on("data", (text: string) => this.#take(text));
    this.#process.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.#process.on("close", () => {
      this.#answers.push({ error: { desc: `QEMU ended: ${this.#stderr}` } });
      this.#wake();
    });
  }

  /** The process's id. */
  get pid(): number {
    return this.#process.pid!;
  }

  /** Starts a machine under TCG; stopped, if it is not to start, or let its guest go on, by itself. */
  static async start(
    program: string,
    args: readonly string[],
    { stopped = true }: { readonly stopped?: boolean } = {},
  ): Promise<Qemu> {
    const qemu = new Qemu(program, [...(stopped ? ["-S"] : []), "-accel", "tcg", ...args]);
    await qemu.execute("qmp_capabilities");
    return qemu;
  }

  /** Runs a QMP command; throws what QEMU says against it. */
  async execute(command: string, args: object = {}): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    while (this.#answers.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const answer = this.#answers.shift()!;
    if (answer.error) throw new Error(`${command}: ${(answer.error as { desc: string }).desc}`);
    return answer.return;
  }

  /** Runs a command of the monitor for people; throws what it prints, which is nothing if all is well. */
  async monitor(line: string): Promise<void> {
    const printed = await this.execute("human-monitor-command", { "command-line": line });
    if (printed !== "") throw new Error(`${line}: ${printed}`);
  }

  /** Migrates, and waits for the end. */
  async migrate(uri: string): Promise<void> {
    await this.execute("migrate", { uri });
    await this.migrated();
  }

  /** Waits for the end of a migration that was begun; throws QEMU's reason if it failed. */
  migrated(): Promise<void> {
    return this.until("completed");
  }

  /** Waits until a migration has come to a status; throws QEMU's reason if it failed. */
  async until(status: string): Promise<void> {
    for (const begin = performance.now(); ; ) {
      const info = (await this.execute("query-migrate")) as {
        status: string;
        "error-desc"?: string;
      };
      if (info.status === status) return;
      if (info.status === "failed") throw new Error(info["error-desc"]);
      const stays = performance.now() - begin > PATIENCE;
      if (info.status === "completed" || stays) {
        throw new Error(`the migration is ${info.status}, and not ${status}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Waits until a job is done, and takes it away; throws its error. */
  async job(id: string): Promise<void> {
    for (;;) {
      const jobs = (await this.execute("query-jobs")) as {
        id: string;
        status: string;
        error?: string;
      }[];
      const job = jobs.find((known) => known.id === id);
      if (job?.status === "concluded") {
        await this.execute("job-dismiss", { id });
        if (job.error) throw new Error(job.error);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async quit(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const closed = once(this.#process, "close");
    this.#process.kill();
    await closed;
  }

  #take(text: string): void {
    const lines = (this.#text + text).split("\n");
    this.#text = lines.pop()!;
    // What qemu-io prints comes in between.
    for (const line of lines.filter((text) => text.startsWith("{"))) {
      const message = JSON.parse(line) as Message;
      if ("return" in message || "error" in message) this.#answers.push(message);
    }
    this.#wake();
  }
}

/** Runs `body` with a QEMU, and ends it. */
export async function withQemu<T>(
  program: string,
  args: readonly string[],
  body: (qemu: Qemu) => Promise<T>,
): Promise<T> {
  const qemu = await Qemu.start(program, args);
  try {
    return await body(qemu);
  } finally {
    await qemu.quit();
  }
}
