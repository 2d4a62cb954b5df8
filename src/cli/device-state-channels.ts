import { DecodeError } from "../bytes/decode-error.js";
import { readChunks } from "../bytes/fed-reader.js";
import {
  type DeviceStatePackets,
  MultifdDeviceStates,
} from "../migration/wire/multifd-device-states.js";
import { MultifdReader } from "../migration/wire/multifd-reader.js";
import { readFileChunks } from "./files.js";
import type { Io } from "./io.js";

/**
 * The device state in multifd channels, a file each. A channel that is broken is told on stderr;
 * what was whole counts.
 */
export async function readDeviceStates(
  files: readonly string[],
  pageSize: number,
  io: Io,
): Promise<{ readonly devices: readonly DeviceStatePackets[]; readonly whole: boolean }> {
  const states = new MultifdDeviceStates();
  let whole = true;
  for (const file of files) {
    const deviceState = states.add.bind(states);
    const reader = new MultifdReader({ pageSize, deviceState });
    try {
      for await (const _ of readChunks(reader, readFileChunks(file, io)));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      io.err(`qtrace: ${file}: ${error.message}\n`);
      whole = false;
    }
  }
  return { devices: states.devices(), whole };
}
