import { ByteWindow } from "../../bytes/byte-window.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, type Steps } from "../../bytes/steps.js";
import { type CommandName, commandLength, commandName, commandNumber } from "./command-table.js";
import { ItemType } from "./constants.js";
import { takeCountedString, writeCountedString } from "./counted-string.js";
import type { Command, RamRange } from "./stream-item.js";

/** A command as it stood in the stream. */
export interface RawCommand {
  readonly number: number;
  readonly command: Command;
  readonly payload: Uint8Array;
}

/**
 * Reads a COMMAND behind its type byte. `seen` is told name and length before they are checked,
 * which is where QEMU traces them. Throws `DecodeError` for an unknown command, for a length that
 * differs from a fixed one and for a payload that is not what the command wants.
 */
export function* readCommand(
  window: ByteWindow,
  seen?: (name: CommandName, length: number) => void,
): Steps<never, RawCommand> {
  yield* need(window, 4);
  const offset = window.offset;
  const number = window.u16();
  const length = window.u16();
  const name = commandName(number);
  if (!name) throw new DecodeError(`unknown command ${number}`, offset);
  seen?.(name, length);
  checkLength(name, length, offset + 2);
  yield* need(window, length);
  const payloadOffset = window.offset;
  const payload = window.bytes(length).slice();
  return { number, command: decodePayload(name, payload, payloadOffset), payload };
}

function checkLength(name: CommandName, length: number, offset: number): void {
  const fixed = commandLength(name);
  if (fixed !== undefined && length !== fixed) {
    throw new DecodeError(`${name} with ${length} bytes of payload, not ${fixed}`, offset);
  }
}

function decodePayload(name: CommandName, payload: Uint8Array, offset: number): Command {
  const window = new ByteWindow("big", payload, offset);
  try {
    const command = decode(name, window);
    if (window.available > 0) {
      throw new DecodeError(`${window.available} bytes too many`, window.offset);
    }
    return command;
  } catch (error) {
    throw error instanceof DecodeError ? error.within(`command ${name}`) : error;
  }
}

function decode(name: CommandName, window: ByteWindow): Command {
  switch (name) {
    case "PING":
      return { name, value: window.u32() };
    case "POSTCOPY_ADVISE":
      return decodeAdvise(window);
    case "POSTCOPY_RAM_DISCARD":
      return decodeDiscard(window);
    case "PACKAGED":
      return { name, length: window.u32() };
    case "RECV_BITMAP":
      return { name, block: takeCountedString(window) };
    default:
      return { name };
  }
}

function decodeAdvise(window: ByteWindow): Command {
  if (window.available === 0) return { name: "POSTCOPY_ADVISE" };
  const pageSizeSummary = window.size64("page size summary");
  return {
    name: "POSTCOPY_ADVISE",
    pageSizeSummary,
    targetPageSize: window.size64("target page size"),
  };
}

/** QEMU migration/savevm.c: loadvm_postcopy_ram_handle_discard; the byte behind the name is 0. */
function decodeDiscard(window: ByteWindow): Command {
  const version = window.u8();
  if (version !== 0) throw new DecodeError(`version ${version}`, window.offset - 1);
  const block = takeCountedString(window);
  const zero = window.u8();
  if (zero !== 0) throw new DecodeError(`${zero} behind the name, not 0`, window.offset - 1);
  const ranges: RamRange[] = [];
  while (window.available > 0) {
    ranges.push({ start: window.size64("start"), length: window.size64("length") });
  }
  return { name: "POSTCOPY_RAM_DISCARD", block, ranges };
}

/** Writes a COMMAND with its type byte. */
export function writeCommand(writer: ByteWriter, command: Command): void {
  const payload = encodePayload(command);
  writer.u8(ItemType.command).u16(commandNumber(command.name)).u16(payload.length).bytes(payload);
}

function encodePayload(command: Command): Uint8Array {
  const writer = new ByteWriter("big", 64);
  switch (command.name) {
    case "PING":
      writer.u32(command.value);
      break;
    case "POSTCOPY_ADVISE":
      if (command.pageSizeSummary === undefined) break;
      writer.u64(command.pageSizeSummary).u64(command.targetPageSize ?? 0);
      break;
    case "POSTCOPY_RAM_DISCARD":
      writer.u8(0);
      writeCountedString(writer, command.block);
      writer.u8(0);
      for (const { start, length } of command.ranges) writer.u64(start).u64(length);
      break;
    case "PACKAGED":
      writer.u32(command.length);
      break;
    case "RECV_BITMAP":
      writeCountedString(writer, command.block);
      break;
  }
  return writer.take();
}
