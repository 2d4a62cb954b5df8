import { type Duplex, duplexPair } from "node:stream";
import type { Fault } from "./faulty-connection.js";

/** Two ends of a connection within the process, with a fault on one of its ways. */
export interface FaultyPair {
  readonly source: Duplex;
  readonly destination: Duplex;
  /** What came through to the destination, and to the source. */
  readonly forward: Buffer[];
  readonly back: Buffer[];
}

/** Connects two ends such that at a byte of one way something goes wrong. */
export function faultyPair({ way, at, kind }: Fault): FaultyPair {
  const [source, nearSource] = duplexPair();
  const [nearDestination, destination] = duplexPair();
  const [forward, back]: [Buffer[], Buffer[]] = [[], []];
  const cut = () => {
    for (const end of [source, destination]) end.destroy(new Error("the connection broke"));
  };
  let closed = false;
  const close = () => {
    closed = true;
    for (const end of [nearSource, nearDestination]) end.end();
  };
  const pump = (from: Duplex, to: Duplex, passed: Buffer[], faulty: boolean) => {
    let offset = 0;
    let stalled = false;
    const pass = (chunk: Buffer) => {
      if (chunk.length === 0) return;
      passed.push(chunk);
      to.write(chunk);
    };
    from.on("data", (chunk: Buffer) => {
      const place = faulty ? at - offset : -1;
      offset += chunk.length;
      if (stalled || closed) return;
      if (place < 0 || place >= chunk.length) return pass(chunk);
      if (kind === "flip") {
        const flipped = Buffer.from(chunk);
        flipped[place]! ^= 1 << (at & 7);
        return pass(flipped);
      }
      pass(chunk.subarray(0, place));
      if (kind === "cut") cut();
      else if (kind === "close") close();
      else stalled = true;
    });
    from.on("end", () => {
      if (!stalled && !closed) to.end();
    });
    // An end that is dropped is gone for the other, too.
    from.on("error", cut).on("close", () => {
      if (!from.readableEnded) cut();
    });
  };
  pump(nearSource, nearDestination, forward, way === "to destination");
  pump(nearDestination, nearSource, back, way === "to source");
  for (const end of [source, destination]) {
    end.on("error", () => {});
    end.on("close", () => {
      if (!end.writableFinished || !end.readableEnded) cut();
    });
  }
  return { source, destination, forward, back };
}
