import type {
  DeviceState,
  Field,
  Subsection,
  VmStateDescription,
} from "../../../src/migration/engine/vmstate-description.js";
import {
  bitmap,
  buffer,
  equal,
  list,
  scalar,
  scalarArray,
  struct,
  structArray,
  unused,
  when,
  withTmp,
} from "../../../src/migration/engine/vmstate-fields.js";
import type { VmField, VmState } from "../../../src/migration/wire/vm-description.js";
import { SCALAR_TYPES, type ScalarTypeName } from "../../../src/migration/wire/vmstate-scalar.js";

/** What a real QEMU's VMDESCRIPTION says of a vmstate, stated in the language of our own. */
export function statedAs(states: readonly VmState[]): VmStateDescription {
  const { vmsdName: name, version } = states[0]!;
  const subsections = subsectionsOf(states);
  return {
    name,
    version,
    minimumVersion: 0,
    fields: columnsOf(states).map((column) => {
      const condition = CONDITIONS[name]?.[column[0]![0]!.name];
      return condition ? when(condition, fieldOf(column)) : fieldOf(column);
    }),
    ...(subsections.length > 0 && { subsections }),
  };
}

/** When a field is there, which a function of the device's own tells (QEMU hw/ide/core.c: vmstate_ide_drive). */
const CONDITIONS: Readonly<
  Record<string, Readonly<Record<string, (state: DeviceState) => boolean>>>
> = {
  ide_drive: { identify_data: ({ identify_set }) => identify_set !== 0 },
};

/** A field as it is in the elements of an array that have it: of each, one entry, or several if it is one. */
type Column = readonly (readonly VmField[])[];

function columnsOf(states: readonly VmState[]): Column[] {
  const rows = states.map(({ fields }) => grouped(fields));
  const longest = rows.reduce((one, other) => (other.length > one.length ? other : one));
  return longest.map(([field]) => {
    const { name } = field!;
    const column = rows.flatMap((row) => row.filter(([own]) => own!.name === name));
    const isKnown = CONDITIONS[states[0]!.vmsdName]?.[name] !== undefined;
    if (column.length !== rows.length && !isKnown)
      throw new Error(`${name} is not in all elements`);
    return column;
  });
}

/** Entries behind each other of which one has an index are of one array. */
function grouped(fields: readonly VmField[]): VmField[][] {
  const groups: VmField[][] = [];
  for (const field of fields) {
    const last = groups.at(-1);
    const goesOn = last?.[0]?.name === field.name && last.at(-1)?.index !== undefined;
    if (goesOn) last.push(field);
    else groups.push([field]);
  }
  return groups;
}

function fieldOf(column: Column): Field {
  const [entries] = column;
  const { name, type, arrayLength, size } = entries![0]!;
  const count = entries!.length > 1 ? entries!.length : arrayLength;
  const scalarType = type.replace(/ equal$/, "") as ScalarTypeName;
  if (scalarType in SCALAR_TYPES) {
    if (type !== scalarType) return equal(scalarType, name);
    if (count === undefined) return scalar(scalarType, name);
    const array = scalarArray(scalarType, name, count);
    return entries!.length > 1 ? when(() => true, array) : array;
  }
  const inner = column.flatMap((fields) => fields.flatMap((field) => field.inner ?? []));
  switch (type) {
    case "struct": {
      const stated = statedAs(column.flatMap((fields) => fields.map((field) => field.struct!)));
      if (count === undefined) return struct(name, stated);
      const array = structArray(name, stated, count);
      return entries!.length > 1 ? when(() => true, array) : array;
    }
    case "qtailq":
    case "qlist":
      return list(name, inner.length > 0 ? statedAs(inner) : EMPTY, type);
    case "tmp":
      return withTmp(kept(statedAs(inner)));
    case "unused_buffer":
      return unused(size);
    case "bitmap":
      return bitmap(name, 8 * size);
    default:
      // Of a type with functions of its own, which have no place in a description: bytes.
      return { ...buffer(name, size * (count ?? 1)), type };
  }
}

const EMPTY: VmStateDescription = { name: "empty", version: 1, fields: [] };

/** What goes by way of a temporary state stays with the device. */
function kept(description: VmStateDescription): VmStateDescription {
  const key = `tmp of ${description.name}`;
  return {
    ...description,
    preSave: (tmp) => void Object.assign(tmp, (tmp.parent as DeviceState)[key]),
    postLoad: ({ parent, ...own }) => {
      (parent as DeviceState)[key] = own;
    },
  };
}

function subsectionsOf(states: readonly VmState[]): Subsection[] {
  const names = new Set(states.flatMap(({ subsections }) => subsections.map((s) => s.vmsdName)));
  return [...names].map((name) => {
    const all = states.flatMap(({ subsections }) => subsections.filter((s) => s.vmsdName === name));
    const key = `has ${name}`;
    return {
      ...statedAs(all),
      needed: (state) => state[key] === true,
      postLoad: (state) => {
        state[key] = true;
      },
    };
  });
}
