import { trace_migrate_send_rp_message } from "../../../generated/migration.js";
import { ReturnPathType } from "../wire/constants.js";
import { writeReturnPathMessage } from "../wire/return-path.js";
import type { ChannelOutput } from "./channel-output.js";

/** Bytes of the payload of PONG and SHUT. */
const VALUE_SIZE = 4;

/** Answers a PING. */
export async function sendPong(output: ChannelOutput, value: number): Promise<void> {
  trace_migrate_send_rp_message(ReturnPathType.pong, VALUE_SIZE);
  writeReturnPathMessage(output.writer, { type: "PONG", value });
  await output.flush();
}

/** Tells the source the end: 0 if all is loaded, 1 after a failure. */
export async function sendShut(output: ChannelOutput, value: 0 | 1): Promise<void> {
  trace_migrate_send_rp_message(ReturnPathType.shut, VALUE_SIZE);
  writeReturnPathMessage(output.writer, { type: "SHUT", value });
  await output.flush();
}
