import { hexInteger, hexOf } from "../migration/wire/hex.js";
import type { DeviceStatePackets } from "../migration/wire/multifd-device-states.js";
import type { SectionState } from "../migration/wire/state-collector.js";
import { type StateSize, sectionName, stateSizes } from "../migration/wire/state-sizes.js";
import type { StateField, StateNode } from "../migration/wire/state-value.js";
import { formatTable } from "./table.js";
import { formatPercent } from "./units.js";

/** Bytes of a buffer that are shown before it is cut. */
const SHOWN_BYTES = 32;

/** Runs of an array that are shown before it is cut. */
const SHOWN_RUNS = 16;

/** What each device takes of the stream, the largest first, its subsections below it. */
export function stateSizesToText(sections: readonly SectionState[]): string {
  const total = sections.reduce((sum, { size }) => sum + size, 0);
  const rows = stateSizes(sections).flatMap((size) => sizeRows(size, 0));
  return formatTable(
    [...rows, { name: "total", size: total }],
    [
      { title: "bytes", align: "right", cell: ({ size }) => String(size) },
      { title: "share", align: "right", cell: ({ size }) => share(size, total) },
      { title: "device", cell: ({ name }) => name },
    ],
  );
}

function sizeRows({ name, size, subsections }: StateSize, depth: number) {
  const row = { name: `${"  ".repeat(depth)}${name}`, size };
  return [row, ...subsections.flatMap((inner): (typeof row)[] => sizeRows(inner, depth + 1))];
}

function share(size: number, total: number): string {
  return total === 0 ? "" : formatPercent(size / total);
}

/** The state for a person: each device, its fields one a line, arrays with runs drawn together. */
export function stateToText(sections: readonly SectionState[]): string {
  return sections.map(sectionText).join("\n");
}

function sectionText(section: SectionState): string {
  const { sectionId, version, size, multifd } = section;
  const head = `${sectionName(section)}  (section ${sectionId}, version ${version}, ${size} bytes)\n`;
  const title = multifd ? `${head}  by multifd channels: ${packetsText(multifd)}\n` : head;
  switch (section.kind) {
    case "vmstate":
      return title + nodeLines(section.state, 1).join("");
    case "ram":
      return (
        title +
        section.blocks
          .map(({ name, usedLength, ignored }) => {
            const note = ignored ? ", ignored: not in the stream" : "";
            return `  ${name}: ${hexInteger(usedLength, 8)} bytes${note}\n`;
          })
          .join("")
      );
    case "opaque":
      return `${title}  ${section.data ? bytesText(section.data) : "of a form of its own"}\n`;
  }
}

function packetsText({ packets, size, numbered }: DeviceStatePackets): string {
  const counted = `${packets} packets of device state, ${size} bytes`;
  if (!numbered) return counted;
  const { config, missing } = numbered;
  const configText = config === undefined ? "without the config" : `config of ${config} bytes`;
  return `${counted}, ${configText}${missing > 0 ? `, ${missing} missing` : ""}`;
}

function nodeLines(node: StateNode, depth: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < node.fields.length; ) {
    const end = arrayEnd(node.fields, at);
    for (const line of fieldLines(node.fields.slice(at, end), depth)) lines.push(line);
    at = end;
  }
  for (const { vmsdName, version, ...rest } of node.subsections) {
    lines.push(`${"  ".repeat(depth)}subsection ${vmsdName} (version ${version})\n`);
    for (const line of nodeLines({ vmsdName, version, ...rest }, depth + 1)) lines.push(line);
  }
  return lines;
}

/** Where the elements end that form an array with the field at `begin`. */
function arrayEnd(fields: readonly StateField[], begin: number): number {
  const first = fields[begin]!;
  if (first.index === undefined) return begin + 1;
  let end = begin + 1;
  while (fields[end]?.name === first.name && fields[end]!.index !== undefined) end += 1;
  return end;
}

function fieldLines(fields: readonly StateField[], depth: number): string[] {
  const indent = "  ".repeat(depth);
  const first = fields[0]!;
  const nested = fields.some(({ value }) => value.kind === "struct" || value.kind === "list");
  if (!nested) {
    const count = first.index === undefined ? "" : `[${fields.length}]`;
    return [`${indent}${first.name}${count}: ${runsText(fields.map(valueText))}\n`];
  }
  return fields.flatMap((field) => {
    const name = `${field.name}${field.index === undefined ? "" : `[${field.index}]`}`;
    const { value } = field;
    if (value.kind === "struct") {
      return [`${indent}${name}:\n`, ...nodeLines(value.value, depth + 1)];
    }
    if (value.kind !== "list") return [`${indent}${name}: ${valueText(field)}\n`];
    return [
      `${indent}${name}: ${value.elements.length} elements\n`,
      ...value.elements.flatMap((element, at) => [
        ...keyLines(value.keys?.[at], depth + 1),
        ...nodeLines(element, depth + 1),
      ]),
    ];
  });
}

/** The key of a node of a tree. */
function keyLines(key: StateNode | bigint | undefined, depth: number): string[] {
  if (key === undefined) return [];
  const label = `${"  ".repeat(depth)}key:`;
  if (typeof key === "bigint") return [`${label} 0x${key.toString(16)}\n`];
  return [`${label}\n`, ...nodeLines(key, depth + 1)];
}

/** Values with equal neighbours drawn together: `0x1 0x0 ×15`. */
function runsText(values: readonly string[]): string {
  const runs: string[] = [];
  for (let at = 0; at < values.length; ) {
    let end = at + 1;
    while (values[end] === values[at]) end += 1;
    runs.push(end - at === 1 ? values[at]! : `${values[at]} ×${end - at}`);
    at = end;
  }
  const shown = runs.slice(0, SHOWN_RUNS).join(" ");
  return runs.length > SHOWN_RUNS ? `${shown} …` : shown;
}

function valueText({ value, size, bytes }: StateField): string {
  switch (value.kind) {
    case "integer": {
      const hex = `0x${BigInt.asUintN(8 * size, BigInt(value.value)).toString(16)}`;
      return value.value < 0 ? `${hex} (${value.value})` : hex;
    }
    case "timer":
      return value.value === undefined ? "not set" : `${value.value} ns`;
    case "null":
      return "NULL";
    case "bytes":
    case "struct":
    case "list":
      return bytesText(bytes ?? new Uint8Array(0));
    default:
      return String(value.value);
  }
}

function bytesText(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0)) return `${bytes.length} bytes, all 0`;
  const shown = hexOf(bytes.subarray(0, SHOWN_BYTES), " ");
  return bytes.length > SHOWN_BYTES ? `${shown} … (${bytes.length} bytes)` : shown;
}
