import {
  trace_loadvm_process_command_ping,
  trace_qemu_loadvm_state_section_command,
} from "../../../generated/migration.js";
import type { Command } from "../wire/stream-item.js";
import { sendPong } from "./destination-return-path.js";
import type { DestinationRun } from "./destination-run.js";
import type { Entry } from "./entries.js";
import { MigrationError } from "./migration-error.js";

/** Does what a command says; throws `MigrationError` for one that has no place in precopy. */
export async function runCommand(run: DestinationRun, command: Command): Promise<void> {
  switch (command.name) {
    case "OPEN_RETURN_PATH":
      openReturnPath(run);
      break;
    case "PING":
      await answerPing(run, command.value);
      break;
    case "SWITCHOVER_START":
      run.switchoverStart = true;
      await runSwitchoverStart(run.entries);
      break;
    default:
      throw new MigrationError(`command ${command.name}, which this destination does not take`);
  }
  trace_qemu_loadvm_state_section_command(0);
}

function openReturnPath(run: DestinationRun): void {
  if (run.returnPathOpen) throw new MigrationError("the return path is opened a second time");
  if (!run.output)
    throw new MigrationError("a return path is wanted, but the channel has no way back");
  run.returnPathOpen = true;
}

async function answerPing(run: DestinationRun, value: number): Promise<void> {
  trace_loadvm_process_command_ping(value);
  if (!run.returnPathOpen || !run.output) {
    throw new MigrationError(`PING ${value} without a return path`);
  }
  await sendPong(run.output, value);
}

/**
 * Runs the switchover-start handlers of all entries in order; the first that fails ends it (QEMU
 * migration/savevm.c: loadvm_postcopy_handle_switchover_start).
 */
async function runSwitchoverStart(entries: readonly Entry[]): Promise<void> {
  for (const { idstr, device } of entries) {
    try {
      await device?.switchoverStart?.(device.state);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new MigrationError(`switchover-start of "${idstr}" failed: ${reason}`, { cause });
    }
  }
}
