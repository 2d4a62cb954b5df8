import type { Socket } from "node:net";
import { connection } from "./migrate.js";

/** What happens to one way of a connection at a byte. */
export interface Fault {
  /** The way it happens on. */
  readonly way: "to destination" | "to source";
  readonly at: number;
  /**
   * Both ends are cut off, or nothing more comes through, or a bit is flipped; or both ends are
   * closed behind what came through, where the connection is within the process.
   */
  readonly kind: "cut" | "stall" | "flip" | "close";
}

/** A connection through a relay in which a fault happens. */
export async function faultyConnection(fault: Fault): Promise<{
  readonly source: Socket;
  readonly destination: Socket;
  readonly close: () => void;
}> {
  const [source, left] = await connection();
  const [right, destination] = await connection();
  const close = () => {
    left.destroy();
    right.destroy();
  };
  relay(left, right, fault.way === "to destination" ? fault : undefined, close);
  relay(right, left, fault.way === "to source" ? fault : undefined, close);
  return { source, destination, close };
}

function relay(from: Socket, to: Socket, fault: Fault | undefined, cut: () => void): void {
  let offset = 0;
  from.on("data", (chunk) => {
    const at = fault ? fault.at - offset : -1;
    offset += chunk.length;
    const hits = fault !== undefined && at < chunk.length;
    if (!hits) to.write(chunk);
    else if (fault.kind === "flip") to.write(flipped(chunk, at));
    else if (at >= 0) to.write(chunk.subarray(0, at), () => fault.kind === "cut" && cut());
  });
  from.on("end", () => to.end());
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}

function flipped(chunk: Uint8Array, at: number): Uint8Array {
  const copy = new Uint8Array(chunk);
  if (at >= 0) copy[at]! ^= 1 << (at & 7);
  return copy;
}
