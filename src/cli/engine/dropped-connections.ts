import type { Io } from "../io.js";

/** Connections that are reported with a line each; a flood of them must not flood stderr. */
const REPORTED = 10;

/** Reports connections that were dropped: the first few as they come, the total at the end. */
export class DroppedConnections {
  readonly #io: Pick<Io, "err">;
  #count = 0;

  constructor(io: Pick<Io, "err">) {
    this.#io = io;
  }

  /** Takes the message about one of them. */
  readonly add = (message: string): void => {
    this.#count += 1;
    if (this.#count <= REPORTED) this.#io.err(`qtrace: ${message}\n`);
  };

  /** Reports how many there were, if not all of them were reported. */
  end(): void {
    if (this.#count <= REPORTED) return;
    this.#io.err(
      `qtrace: ${this.#count} connections were dropped; the first ${REPORTED} are above\n`,
    );
  }
}
