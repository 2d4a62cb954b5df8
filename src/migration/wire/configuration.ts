import type { ByteWindow } from "../../bytes/byte-window.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { more, need, type Steps } from "../../bytes/steps.js";
import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";
import { ItemType } from "./constants.js";
import { readCountedString, writeCountedString } from "./counted-string.js";
import type { Configuration } from "./stream-item.js";
import { peekSubsection, readSubsectionVersion, writeSubsectionHead } from "./subsection.js";

const MAX_MACHINE_NAME = 4096;

interface Draft {
  subsections: string[];
  capabilities: string[];
  targetPageBits?: number;
  uuid?: string;
}

interface Subsection {
  readonly name: string;
  read(window: ByteWindow, into: Draft): Steps<never>;
  write(writer: ByteWriter, configuration: Configuration): void;
}

const TARGET_PAGE_BITS: Subsection = {
  name: "configuration/target-page-bits",
  *read(window, into) {
    yield* need(window, 4);
    const bits = window.u32();
    if (bits < 10 || bits > 24) {
      throw new DecodeError(`target page of ${bits} bits`, window.offset - 4);
    }
    into.targetPageBits = bits;
  },
  write(writer, { targetPageBits = 12 }) {
    writer.u32(targetPageBits);
  },
};

const CAPABILITIES: Subsection = {
  name: "configuration/capabilities",
  *read(window, into) {
    yield* need(window, 4);
    for (let left = window.u32(); left > 0; left -= 1) {
      into.capabilities.push(yield* readCountedString(window));
    }
  },
  write(writer, { capabilities }) {
    writer.u32(capabilities.length);
    for (const capability of capabilities) writeCountedString(writer, capability);
  },
};

const UUID: Subsection = {
  name: "configuration/uuid",
  *read(window, into) {
    yield* need(window, 16);
    into.uuid = Array.from(window.bytes(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  },
  write(writer, { uuid = "" }) {
    const digits = uuid.replaceAll("-", "").padEnd(32, "0");
    for (let at = 0; at < 32; at += 2) writer.u8(Number.parseInt(digits.slice(at, at + 2), 16));
  },
};

const SUBSECTIONS = [TARGET_PAGE_BITS, CAPABILITIES, UUID] as const;

/** Reads CONFIGURATION behind its type byte (QEMU migration/savevm.c: vmstate_configuration). */
export function* readConfiguration(window: ByteWindow): Steps<never, Configuration> {
  yield* need(window, 4);
  const length = window.u32();
  if (length > MAX_MACHINE_NAME) {
    throw new DecodeError(`machine name of ${length} bytes`, window.offset - 4);
  }
  yield* need(window, length);
  const machine = decodeUtf8(window.bytes(length));
  const draft: Draft = { subsections: [], capabilities: [] };
  for (;;) {
    // A stream may end here, or be cut.
    const name = (yield* more(window)) ? yield* peekSubsection(window) : undefined;
    if (name === undefined) return { machine, ...draft };
    yield* readSubsection(window, name, draft);
  }
}

function* readSubsection(window: ByteWindow, name: string, draft: Draft): Steps<never> {
  const subsection = SUBSECTIONS.find((known) => known.name === name);
  if (!subsection) throw new DecodeError(`unknown subsection "${name}"`, window.offset);
  const version = yield* readSubsectionVersion(window);
  if (version !== 1) throw new DecodeError(`${name} of version ${version}`, window.offset - 4);
  draft.subsections.push(name);
  yield* subsection.read(window, draft);
}

/** Writes CONFIGURATION with its type byte; the subsections are those that it names. */
export function writeConfiguration(writer: ByteWriter, configuration: Configuration): void {
  const machine = encodeUtf8(configuration.machine);
  writer.u8(ItemType.configuration).u32(machine.length).bytes(machine);
  for (const name of configuration.subsections) {
    const subsection = SUBSECTIONS.find((known) => known.name === name);
    if (!subsection) throw new RangeError(`unknown subsection "${name}"`);
    writeSubsectionHead(writer, name, 1);
    subsection.write(writer, configuration);
  }
}
