import { createWriteStream } from "node:fs";
import path from "node:path";
import { type Duplex, duplexPair, Transform } from "node:stream";
import { finished, pipeline } from "node:stream/promises";

/** Two ends of a connection, and what ends when all that passed between them is written down. */
export interface RecordedChannel {
  readonly source: Duplex;
  readonly destination: Duplex;
  readonly recorded: Promise<unknown>;
}

/**
 * A connection within the process that keeps what passes, in a folder, as recordings have it:
 * `channel0.bin` and `channel0.return.bin`, and `*.times` with `OFFSET NANOSECONDS` of each chunk.
 */
export function openRecordedChannel(folder: string): RecordedChannel {
  const [source, nearSource] = duplexPair();
  const [nearDestination, destination] = duplexPair();
  breakTogether(source, nearSource);
  breakTogether(destination, nearDestination);
  const recorded = Promise.allSettled([
    pipeline(nearSource, recorder(path.join(folder, "channel0")), nearDestination),
    pipeline(nearDestination, recorder(path.join(folder, "channel0.return")), nearSource),
  ]);
  return { source, destination, recorded };
}

/** A connection that one end drops is gone for the other, too. */
function breakTogether(...ends: [Duplex, Duplex]): void {
  for (const [end, other] of [ends, ends.toReversed()] as [Duplex, Duplex][]) {
    end.once("close", () => {
      if (!end.writableFinished) other.destroy(new Error("the connection broke"));
    });
    end.on("error", () => {});
  }
}

function recorder(file: string): Transform {
  const bytes = createWriteStream(`${file}.bin`);
  const times = createWriteStream(`${file}.times`);
  let offset = 0;
  const close = async () => {
    for (const output of [bytes, times]) if (!output.writableEnded) output.end();
    await Promise.all([finished(bytes), finished(times)]);
  };
  return new Transform({
    transform(chunk: Uint8Array, _encoding, callback) {
      times.write(`${offset} ${process.hrtime.bigint()}\n`);
      offset += chunk.length;
      bytes.write(chunk, (error) => callback(error, chunk));
    },
    flush(callback) {
      close().then(() => callback(), callback);
    },
    destroy(error, callback) {
      close().then(() => callback(error), callback);
    },
  });
}
