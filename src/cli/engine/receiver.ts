import path from "node:path";
import { DecodeError } from "../../bytes/decode-error.js";
import { abortable } from "../../migration/engine/abortable.js";
import { MigrationDestination } from "../../migration/engine/migration-destination.js";
import { MigrationError } from "../../migration/engine/migration-error.js";
import type { LoadResult } from "../../migration/engine/migration-options.js";
import { UnknownMachine } from "../../migration/engine/unknown-machine.js";
import { RamImageBuilder } from "../../migration/wire/ram-image.js";
import { openSideTraces, type SideTraces } from "../demo/side-trace.js";
import { ImageFiles } from "../image-files.js";
import { Failure, type Inputs } from "../io.js";
import { RAM_FOLDER } from "../recording-layout.js";
import type { Endpoint } from "./endpoint.js";
import { Incoming, type IncomingOptions } from "./incoming.js";
import type { Listening } from "./listener.js";
import type { LiveState } from "./live-progress.js";
import { RecordedSocket, type RecordedSource } from "./recorded-source.js";
import type { RecordingWriter } from "./recording-writer.js";

/** Bytes of guest memory that are accepted by default. */
const MAX_MEMORY = 1024 ** 4;

/** How a migration is received. */
export interface ReceiverOptions extends IncomingOptions {
  /** Whether memory is kept as images. */
  readonly images: boolean;
  /** What must not be overwritten. */
  readonly inputs?: Inputs | undefined;
  /** Whether to acknowledge the switchover (capability switchover-ack). */
  readonly switchoverAck?: boolean;
  /** Whether no VMDESCRIPTION is to be waited for (the machine's option suppress-vmdesc). */
  readonly suppressVmdesc?: boolean;
  /** Milliseconds to wait for a source. */
  readonly waitTimeout?: number;
  /** Milliseconds to wait for it to go on with a postcopy whose connection was lost. */
  readonly pauseTimeout?: number;
  /** Told of a postcopy that has paused, and why. */
  readonly onPaused?: (reason: Error) => void;
  /** Called with what the source did out of place, where that does not fail the load. */
  readonly onWarning?: (message: string) => void;
}

/** What was received: the machine with what it loaded, and why that is not all, if it is not. */
export interface Received {
  readonly machine: UnknownMachine;
  readonly loaded?: LoadResult;
  readonly failure?: Error;
}

/** Receives one migration into a recording: its bytes, the trace of loading it, memory images. */
export class Receiver {
  readonly #recording: RecordingWriter;
  readonly #options: ReceiverOptions;
  readonly #incoming: Incoming;
  readonly #images: ImageFiles | undefined;
  #channel: RecordedSource | undefined;

  constructor(recording: RecordingWriter, options: ReceiverOptions) {
    this.#recording = recording;
    this.#options = options;
    this.#incoming = new Incoming(recording, options);
    if (options.images) {
      const { inputs, onWarning: onNote } = options;
      const folder = path.join(recording.folder, RAM_FOLDER);
      this.#images = new ImageFiles(folder, { inputs, live: true, onNote });
    }
  }

  /** How far it is. */
  get live(): LiveState {
    return { progress: this.#incoming.progress.snapshot(), bytes: this.#incoming.bytes };
  }

  /** Waits for connections; gives where. Throws `Failure` if that cannot be. */
  listen(endpoint: Endpoint): Promise<Listening> {
    return this.#incoming.listen(endpoint);
  }

  /** Takes a stream that has no way back. */
  take(chunks: AsyncIterable<Uint8Array>): void {
    this.#incoming.take(chunks);
  }

  /** Resolves when all is over, well or not, with everything written and closed. */
  async run(signal: AbortSignal = new AbortController().signal): Promise<Received> {
    const machine = this.#machine();
    const outcome: { loaded?: LoadResult; failure?: Error } = {};
    let traces: SideTraces | undefined;
    try {
      traces = openSideTraces(this.#recording.folder, ["destination"]);
      outcome.loaded = await traces.as("destination", () => this.#load(machine, signal));
    } catch (error) {
      outcome.failure = this.#inContext(failureOf(error, signal));
    }
    this.#incoming.close();
    const unfinished = this.#endImages();
    outcome.failure ??= unfinished;
    traces?.close();
    const { machine: type } = this.live.progress;
    const complete = outcome.failure === undefined;
    const { channels, sourceOnThisHost } = this.#incoming;
    await this.#recording.close({ machine: type ?? null, channels, complete, sourceOnThisHost });
    return { machine, ...outcome };
  }

  #machine(): UnknownMachine {
    const images = this.#images;
    return new UnknownMachine({
      ...(images && { ram: new RamImageBuilder((block) => images.open(block)) }),
      // The guest is gone at its source once it is taken over: it must be on the disk by then.
      takeOver: async () => {
        images?.flush();
        await this.#recording.written();
      },
    });
  }

  async #load(machine: UnknownMachine, signal: AbortSignal): Promise<LoadResult> {
    const { switchoverAck, suppressVmdesc, stallTimeout, pauseTimeout, onWarning } = this.#options;
    const unwritten = new AbortController();
    const main = await this.#main(signal);
    this.#channel = main;
    return await new MigrationDestination({
      machine,
      channels: this.#incoming.further,
      signal: AbortSignal.any([signal, unwritten.signal]),
      onPaused: (reason) => {
        // What cannot be written down ends the load, whatever connection brings it.
        if (reason.cause instanceof Failure) unwritten.abort(reason.cause);
        else this.#options.onPaused?.(reason);
      },
      maxMemory: this.#options.maxMemory ?? MAX_MEMORY,
      ...(onWarning && { onWarning }),
      ...(pauseTimeout !== undefined && { pauseTimeout }),
      ...(switchoverAck && { switchoverAck }),
      ...(suppressVmdesc && { vmDescription: false }),
      ...(stallTimeout !== undefined && { stallTimeout }),
    }).load(main);
  }

  async #main(signal: AbortSignal): Promise<RecordedSource> {
    const { waitTimeout } = this.#options;
    if (waitTimeout === undefined) return abortable(this.#incoming.main, { signal });
    const patience = AbortSignal.any([signal, AbortSignal.timeout(waitTimeout)]);
    return abortable(this.#incoming.main, { signal: patience }).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw new Failure(`no source came in ${waitTimeout / 1000} s`);
    });
  }

  /** A stream that is cut short says more where it is known why. */
  #inContext(failure: Error): Error {
    const isCut = failure instanceof DecodeError && this.#channel instanceof RecordedSocket;
    if (!isCut || !this.#channel?.ended) return failure;
    return new MigrationError(`the source closed the connection: ${failure.message}`);
  }

  /** On a full disk the images give way to the end of trace and stream, which still is to be written. */
  #endImages(): Error | undefined {
    try {
      if (this.#recording.failure) this.#images?.discard();
      else if (!this.#images?.isEmpty) this.#images?.finish();
      return undefined;
    } catch (error) {
      return failureOf(error, undefined);
    }
  }
}

/** What a user is told; our own mistakes are thrown on. */
function failureOf(error: unknown, signal: AbortSignal | undefined): Error {
  if (error instanceof Error && error === signal?.reason) return new Failure(error.message);
  const { cause } = error as { cause?: unknown };
  if (cause instanceof Failure) return cause;
  const isTold =
    error instanceof Failure || error instanceof DecodeError || error instanceof MigrationError;
  if (isTold) return error;
  throw error;
}
