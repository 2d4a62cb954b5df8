/** Where a command's output goes; tests give their own. */
export interface Io {
  /** What the command reads, which no output may overwrite. */
  readonly inputs?: Inputs;
  /** Results. Resolves when more may be written. */
  readonly out: (text: string | Uint8Array) => Promise<void>;
  /**
   * Everything else: problems, notes, progress. One message on one line: a name in it may have line
   * feeds, which are escaped, except for the one at the end.
   */
  readonly err: (text: string) => void;
  /** Standard input, for a file named `-`. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /**
   * Shows a line of progress in place of the one before; an empty one takes it away. Absent where
   * stderr is not a terminal.
   */
  readonly status?: (line: string) => void;
  /** From now on, Ctrl-C, SIGTERM and SIGHUP abort this signal instead of ending the process at once. */
  readonly interruption?: () => AbortSignal;
  /** The descriptor that `out` writes to; unknown if left out. */
  readonly outDescriptor?: number;
  /** Whether stdout is a terminal, where a bar of progress would stand among the results. */
  readonly outTerminal?: boolean;
  /** How wide it is; unknown of a file or a pipe. */
  readonly outColumns?: number;
  /** Whether colours are wanted on stderr and stdout. */
  readonly colors: boolean;
}

/** Writes a text of several lines to stderr. Names in it must not have line feeds: `withoutControls`. */
export function writeLines(io: Pick<Io, "err">, text: string): void {
  for (const line of text.split(/(?<=\n)/)) io.err(line);
}

/** What a command reads. */
export interface Inputs {
  /** Throws `Failure` if writing `file` would overwrite an input; `option` is the option that names it. */
  readonly refuse: (file: string, option?: string) => void;
}

/** What ends a command with one clear line: 1 for findings, 2 for wrong usage or unreadable input. */
export class Failure extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
