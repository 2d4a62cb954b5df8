import {
  trace_qemu_savevm_send_postcopy_advise,
  trace_savevm_command_send,
  trace_savevm_send_open_return_path,
  trace_savevm_send_ping,
  trace_savevm_state_header,
  trace_savevm_state_setup,
} from "../../../generated/migration.js";
import { commandNumber } from "../wire/command-table.js";
import type { Command } from "../wire/stream-item.js";
import type { StreamWriter } from "../wire/stream-writer.js";
import type { VmState } from "../wire/vm-description.js";
import { configurationState } from "./configuration-state.js";
import { PAGE_SIZE } from "./guest-ram.js";
import { flushAll, ramEntry, type SourceRun } from "./source-run.js";
import { saveVmState } from "./vmstate-save.js";

/** Bytes of a command before its payload: type, number, length. */
const COMMAND_HEAD = 5;

/** The value of the PING that is sent when the return path opens. */
const FIRST_PING = 1;

/**
 * Sends what comes before the first round: header, configuration, the return path's opening,
 * RAM's START. Gives the configuration as VMDESCRIPTION has it.
 */
export async function sendSetup(run: SourceRun): Promise<VmState> {
  const { writer } = run.output;
  const configuration = writeHeader(run);
  if (run.returnPath) {
    trace_savevm_send_open_return_path();
    sendCommand(writer, { name: "OPEN_RETURN_PATH" });
    sendPing(run, FIRST_PING);
  }
  if (run.postcopy) {
    trace_qemu_savevm_send_postcopy_advise();
    sendCommand(writer, {
      name: "POSTCOPY_ADVISE",
      pageSizeSummary: PAGE_SIZE,
      targetPageSize: PAGE_SIZE,
    });
  }
  await run.output.flush();
  trace_savevm_state_setup();
  const entry = ramEntry(run);
  writer.sectionHead({ type: "section-start", ...entry });
  await run.ram.begin();
  run.ram.endOfSection();
  writer.footer(entry.sectionId);
  await flushAll(run);
  return configuration;
}

function writeHeader({ output, machine, capabilities }: SourceRun): VmState {
  trace_savevm_state_header();
  output.writer.header().configurationHead();
  const { vmState, state } = configurationState(machine.type, capabilities);
  return saveVmState(output.writer, vmState, state);
}

/** Sends a PING, in a package with the writer of that package. */
export function sendPing(
  { returnPath, output }: SourceRun,
  value: number,
  writer = output.writer,
): void {
  returnPath?.expectPong();
  trace_savevm_send_ping(value);
  sendCommand(writer, { name: "PING", value });
}

/** Traces and writes a command. */
export function sendCommand(writer: StreamWriter, command: Command): void {
  const before = writer.length;
  writer.command(command);
  const length = writer.length - before - COMMAND_HEAD;
  trace_savevm_command_send(commandNumber(command.name), length);
}
