import type { LineFormat, LinePrefix } from "./line-format.js";

const nothing: LinePrefix = { length: 0, timestamp: 0n, pid: 0 };

/** QEMU's log without timestamps: `NAME TEXT`. */
export const logFormat: LineFormat = {
  name: "log",
  clock: "none",
  readPrefix: () => nothing,
};
