import path from "node:path";
import { type Duplex, duplexPair, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ChannelRecorder } from "../engine/channel-recorder.js";
import { channelName, returnName } from "../recording-layout.js";

/** Two ends of a connection, and what ends when all that passed between them is written down. */
export interface RecordedChannel {
  readonly source: Duplex;
  readonly destination: Duplex;
  /** Throws `Failure` if the disk did not take all. */
  readonly recorded: Promise<void>;
}

/** A connection within the process that keeps what passes, in a folder, as recordings have it. */
export function openRecordedChannel(folder: string): RecordedChannel {
  const [source, nearSource] = duplexPair();
  const [nearDestination, destination] = duplexPair();
  breakTogether(source, nearSource);
  breakTogether(destination, nearDestination);
  const forward = new ChannelRecorder(path.join(folder, channelName(0)));
  const back = new ChannelRecorder(path.join(folder, returnName(channelName(0))));
  const passed = Promise.allSettled([
    pipeline(nearSource, recorded(forward), nearDestination),
    pipeline(nearDestination, recorded(back), nearSource),
  ]);
  return { source, destination, recorded: passed.then(() => closeAll([forward, back])) };
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

function recorded(recorder: ChannelRecorder): Transform {
  return new Transform({
    transform(chunk: Uint8Array, _encoding, callback) {
      recorder.record(chunk);
      recorder.room().then(() => callback(null, chunk), callback);
    },
  });
}

async function closeAll(recorders: readonly ChannelRecorder[]): Promise<void> {
  await Promise.all(recorders.map((recorder) => recorder.close()));
  for (const { failure } of recorders) if (failure) throw failure;
}
