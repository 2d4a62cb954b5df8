import { trace_migrate_send_rp_message } from "../../../generated/migration.js";
import { ReturnPathType } from "../wire/constants.js";
import { type ReturnPathMessage, writeReturnPathMessage } from "../wire/return-path.js";
import type { ChannelOutput } from "./channel-output.js";

/** Bytes of a message's type and length. */
const HEAD_SIZE = 4;

/** Bytes of a bitmap's length and of its end mark, which no message counts as its own. */
const BITMAP_FRAME = 16;

/** Tells the source something. */
export async function sendMessage(
  output: ChannelOutput,
  message: ReturnPathMessage,
): Promise<void> {
  const before = output.writer.length;
  writeReturnPathMessage(output.writer, message);
  const behind = message.type === "RECV_BITMAP" ? BITMAP_FRAME + message.bitmap.length : 0;
  const length = output.writer.length - before - HEAD_SIZE - behind;
  trace_migrate_send_rp_message(typeOf(message), length);
  await output.flush();
}

function typeOf(message: ReturnPathMessage): number {
  switch (message.type) {
    case "SHUT":
      return ReturnPathType.shut;
    case "PONG":
      return ReturnPathType.pong;
    case "REQ_PAGES":
      return message.block === undefined
        ? ReturnPathType.requestPages
        : ReturnPathType.requestPagesId;
    case "RECV_BITMAP":
      return ReturnPathType.receiveBitmap;
    case "RESUME_ACK":
      return ReturnPathType.resumeAck;
    case "SWITCHOVER_ACK":
      return ReturnPathType.switchoverAck;
  }
}
