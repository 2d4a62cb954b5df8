import {
  trace_loadvm_handle_cmd_packaged,
  trace_loadvm_handle_cmd_packaged_received,
  trace_loadvm_process_command_ping,
  trace_qemu_loadvm_state_section_command,
} from "../../../generated/migration.js";
import type { Command } from "../wire/stream-item.js";
import { advise, discard, listen, runHere } from "./destination-postcopy.js";
import { resume, sendBitmap } from "./destination-recovery.js";
import { sendMessage } from "./destination-return-path.js";
import type { DestinationRun } from "./destination-run.js";
import { MigrationError } from "./migration-error.js";

/** Does what a command says; throws `MigrationError` for one that is not known or out of place. */
export async function runCommand(run: DestinationRun, command: Command): Promise<void> {
  switch (command.name) {
    case "OPEN_RETURN_PATH":
      await openReturnPath(run);
      break;
    case "PING":
      await answerPing(run, command.value);
      break;
    case "SWITCHOVER_START":
      run.switchoverStart = true;
      await run.guest.switchoverStart();
      break;
    case "POSTCOPY_ADVISE":
      advise(run, command.targetPageSize);
      break;
    case "POSTCOPY_RAM_DISCARD":
      discard(run, command);
      break;
    case "PACKAGED":
      trace_loadvm_handle_cmd_packaged(command.length);
      trace_loadvm_handle_cmd_packaged_received(command.length);
      // Its end is traced when what it packs is loaded.
      return;
    case "POSTCOPY_LISTEN":
      listen(run);
      break;
    case "RECV_BITMAP":
      await sendBitmap(run, command.block);
      break;
    case "POSTCOPY_RESUME":
      await resume(run);
      break;
    case "POSTCOPY_RUN":
      await runHere(run);
      // What ends the package with it, ends the main thread's part, too.
      return;
    default:
      throw new MigrationError(`command ${command.name}, which this destination does not take`);
  }
  trace_qemu_loadvm_state_section_command(0);
}

async function openReturnPath(run: DestinationRun): Promise<void> {
  // Not a failure (QEMU migration/savevm.c: loadvm_process_command reports it and returns 0).
  if (run.returnPathOpen) return run.warn("OPEN_RETURN_PATH a second time: ignored");
  const { output } = run.connection;
  if (!output) {
    throw new MigrationError("a return path is wanted, but the channel has no way back");
  }
  run.returnPathOpen = true;
  // No device of ours has anything to wait for (QEMU migration/savevm.c: loadvm_process_command).
  if (run.switchoverAck) await sendMessage(output, { type: "SWITCHOVER_ACK" });
}

async function answerPing(run: DestinationRun, value: number): Promise<void> {
  trace_loadvm_process_command_ping(value);
  const { output } = run.connection;
  if (!run.returnPathOpen || !output) {
    throw new MigrationError(`PING ${value} without a return path`);
  }
  await sendMessage(output, { type: "PONG", value });
}
