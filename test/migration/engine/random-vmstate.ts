import type {
  DeviceState,
  Field,
  FieldValue,
  Subsection,
  VmStateDescription,
} from "../../../src/migration/engine/vmstate-description.js";
import {
  bitmap,
  bitmapSize,
  buffer,
  lengthIn,
  list,
  pointerArray,
  scalar,
  scalarArray,
  since,
  struct,
  structArray,
  unused,
  validate,
  when,
  withTmp,
} from "../../../src/migration/engine/vmstate-fields.js";
import {
  SCALAR_TYPES,
  type ScalarTypeName,
  type ScalarValue,
} from "../../../src/migration/wire/vmstate-scalar.js";
import { pick, type Random } from "../../support/random.js";

/** A vmstate, and how a state for it is made. */
export interface RandomVmState {
  readonly description: VmStateDescription;
  readonly fill: () => DeviceState;
}

/** Fields that belong together, and what puts their values into a state. */
interface Part {
  readonly fields: readonly Field[];
  readonly fill: (state: DeviceState) => void;
}

interface Place {
  /** How deep vmstates may nest from here on. */
  readonly depth: number;
  /** Whether the destination has a state beforehand, and so can tell which pointers are null. */
  readonly known: boolean;
}

const TYPES = Object.keys(SCALAR_TYPES) as ScalarTypeName[];
const LENGTH_TYPES = ["uint8", "uint16", "uint32", "int32"] as const;
/** The newest version that a random vmstate has. */
export const NEWEST = 3;

/**
 * Each vmstate has a first byte: the form of the stream does not tell whose a subsection is where
 * elements without a byte precede it.
 */
const TAG = 0xa7;

let serial = 0;

/** A random vmstate with fields of all kinds. */
export function randomVmState(
  random: Random,
  place: Place = { depth: 3, known: true },
): RandomVmState {
  serial += 1;
  const name = `vmstate${serial}`;
  const parts = Array.from({ length: 1 + random(5) }, (_, index) =>
    randomPart(random, `f${index}`, place),
  );
  const extra = random(3) === 0 ? subsection(random, name, place) : undefined;
  const description: VmStateDescription = {
    name,
    version: NEWEST,
    minimumVersion: 1,
    fields: [scalar("uint8", "tag"), ...parts.flatMap(({ fields }) => fields)],
    ...(extra && { subsections: [extra.subsection] }),
  };
  const fill = () => {
    const state: DeviceState = { tag: TAG };
    for (const part of parts) part.fill(state);
    extra?.fill(state);
    return state;
  };
  return { description, fill };
}

function subsection(random: Random, parent: string, place: Place) {
  const part = randomPart(random, "extra", { ...place, depth: 0 });
  const subsection: Subsection = {
    name: `${parent}/extra`,
    version: NEWEST,
    fields: part.fields,
    needed: ({ hasExtra }) => hasExtra === true,
    postLoad: (state) => {
      state.hasExtra = true;
    },
  };
  const fill = (state: DeviceState) => {
    if (random(2) === 0) return;
    state.hasExtra = true;
    part.fill(state);
  };
  return { subsection, fill };
}

function randomPart(random: Random, name: string, place: Place): Part {
  const flat = [one, array, varray, fixedBuffer, vbuffer, bits, nothing, conditional, newer];
  const nested = [within, structs, lists, temporary, ...(place.known ? [pointers] : [])];
  return pick(random, place.depth > 0 ? [...flat, ...nested] : flat)(random, name, place);
}

function one(random: Random, name: string): Part {
  const type = pick(random, TYPES);
  return part(scalar(type, name), () => value(random, type));
}

function array(random: Random, name: string): Part {
  const type = pick(random, TYPES);
  const count = 1 + random(4);
  return part(scalarArray(type, name, count), () => times(count, () => value(random, type)));
}

function varray(random: Random, name: string): Part {
  const type = pick(random, TYPES);
  const factor = 1 + random(2);
  const make = (count: number) => times(count * factor, () => value(random, type));
  return counted(random, name, scalarArray(type, name, lengthIn(`${name}n`, factor)), make);
}

function fixedBuffer(random: Random, name: string): Part {
  const size = random(20);
  return part(buffer(name, size), () => bytes(random, size));
}

function vbuffer(random: Random, name: string): Part {
  const field = buffer(name, lengthIn(`${name}n`, 3));
  return counted(random, name, field, (count) => bytes(random, 3 * count));
}

function bits(random: Random, name: string): Part {
  const count = 1 + random(100);
  return part(bitmap(name, count), () => bytes(random, bitmapSize(count)));
}

function nothing(random: Random, name: string): Part {
  const condition = validate(`${name} is valid`, () => true);
  return { fields: [unused(random(8)), condition], fill: () => {} };
}

function conditional(random: Random, name: string): Part {
  const { fields, fill } = pick(random, [one, array])(random, name);
  const flag = `${name}has`;
  return {
    fields: [scalar("bool", flag), ...fields.map((field) => when((s) => s[flag] === true, field))],
    fill: (state) => {
      state[flag] = random(2) === 0;
      if (state[flag]) fill(state);
    },
  };
}

function newer(random: Random, name: string): Part {
  const version = 1 + random(NEWEST);
  const { fields, fill } = one(random, name);
  return { fields: fields.map((field) => since(version, field)), fill };
}

function within(random: Random, name: string, place: Place): Part {
  const { description, fill } = deeper(random, place);
  return part(struct(name, description), fill);
}

function structs(random: Random, name: string, place: Place): Part {
  const { description, fill } = deeper(random, place);
  const count = 1 + random(3);
  if (random(2) === 0) return part(structArray(name, description, count), () => times(count, fill));
  const field = structArray(name, description, lengthIn(`${name}n`));
  return counted(random, name, field, (length) => times(length, fill));
}

function pointers(random: Random, name: string, place: Place): Part {
  const { description, fill } = deeper(random, place);
  const count = 1 + random(5);
  const pointer = () => (random(2) === 0 ? null : fill());
  return part(pointerArray(name, description, count), () => times(count, pointer));
}

function lists(random: Random, name: string, place: Place): Part {
  const { description, fill } = deeper(random, { ...place, known: false });
  const type = pick(random, ["qtailq", "qlist"] as const);
  return part(list(name, description, type), () => times(random(4), fill));
}

/** The value goes by way of a vmstate of its own, turned round. */
function temporary(random: Random, name: string): Part {
  const turned = (state: DeviceState) => -(state[name] as number);
  const field = withTmp({
    name: `${name}-tmp`,
    version: 1,
    fields: [scalar("int32", "turned")],
    preSave: (tmp) => {
      tmp.turned = turned(tmp.parent as DeviceState);
    },
    postLoad: (tmp) => {
      (tmp.parent as DeviceState)[name] = -(tmp.turned as number);
    },
  });
  return {
    fields: [field],
    fill: (state) => {
      state[name] = 1 + random(1000);
    },
  };
}

function deeper(random: Random, place: Place): RandomVmState {
  return randomVmState(random, { ...place, depth: place.depth - 1 });
}

function part(field: Field, make: () => FieldValue): Part {
  return {
    fields: [field],
    fill: (state) => {
      state[field.name] = make();
    },
  };
}

/** A field, and before it the one that holds its length. */
function counted(
  random: Random,
  name: string,
  field: Field,
  make: (count: number) => FieldValue,
): Part {
  return {
    fields: [scalar(pick(random, LENGTH_TYPES), `${name}n`), field],
    fill: (state) => {
      const count = random(4);
      state[`${name}n`] = count;
      state[name] = make(count);
    },
  };
}

function value(random: Random, type: ScalarTypeName): ScalarValue {
  const word = () => (BigInt(random(0xffff_ffff)) << 32n) | BigInt(random(0xffff_ffff));
  switch (type) {
    case "bool":
      return random(2) === 0;
    case "float64":
      return random(1000) / 7;
    case "timer":
      return random(2) === 0 ? undefined : word() >> 1n;
    case "uint64":
      return word();
    case "int64":
      return BigInt.asIntN(64, word());
    default: {
      const { size } = SCALAR_TYPES[type];
      const any = random(0xffff_ffff) >>> (32 - 8 * size);
      return type.startsWith("u") ? any : (any << (32 - 8 * size)) >> (32 - 8 * size);
    }
  }
}

function bytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random(256));
}

function times<T>(length: number, make: () => T): T[] {
  return Array.from({ length }, make);
}

/** What a destination has of a state beforehand: which pointers are null. */
export function blankOf({ fields }: VmStateDescription, state: DeviceState): DeviceState {
  const blank: DeviceState = {};
  for (const field of fields) {
    const value = state[field.name];
    if (field.kind !== "struct" || value === undefined) continue;
    const of = (element: FieldValue) =>
      element === null ? null : blankOf(field.struct, element as DeviceState);
    blank[field.name] = Array.isArray(value) ? value.map(of) : of(value);
  }
  return blank;
}
