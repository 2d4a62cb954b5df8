import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A real QEMU that is spoken to over QMP. */
export class Qemu {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(program: string, args: readonly string[]) {
    const common = ["-accel", "tcg", "-nodefaults", "-display", "none", "-qmp", "stdio"];
    this.#process = spawn(program, [...common, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Waits for the greeting and enters command mode. */
  async greet(): Promise<void> {
    await this.#lines.next();
    await this.execute("qmp_capabilities");
  }

  /** Executes a command; events that come before its answer are passed over. */
  async execute(command: string, args: object = {}): Promise<unknown> {
    this.#process.stdin!.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    for (;;) {
      const { done, value } = await this.#lines.next();
      if (done) throw new Error(`QEMU is gone, before it answered ${command}`);
      const answer = JSON.parse(value);
      if (answer.error) throw new Error(`${command}: ${answer.error.desc}`);
      if ("return" in answer) return answer.return;
    }
  }

  /** Asks until the answer has a property of a value. */
  async until(command: string, property: string, wanted: string): Promise<void> {
    for (;;) {
      const answer = (await this.execute(command)) as Record<string, unknown>;
      if (answer[property] === wanted) return;
      if (answer.status === "failed") throw new Error(`${command}: ${JSON.stringify(answer)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }
}
