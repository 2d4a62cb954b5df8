import { ByteWriter } from "../../bytes/byte-writer.js";
import { encodeUtf8 } from "../../bytes/utf8.js";
import { DEFAULT_PAGE_SIZE } from "./constants.js";
import {
  BLOCK_NAME_SIZE,
  MULTIFD_MAGIC,
  MULTIFD_PACKET_SIZE,
  MULTIFD_VERSION,
  type MultifdDeviceState,
  MultifdFlag,
  type MultifdHello,
  type MultifdPages,
} from "./multifd-packet.js";

/** What of an item a writer wants: not its place, and what means nothing only if it is to be kept. */
type Written<T extends { readonly unused: unknown }> = Omit<
  T,
  "type" | "offset" | "size" | "payloadSize" | "unused"
> & { readonly unused?: T["unused"] };

/** Writes a multifd channel. */
export class MultifdWriter extends ByteWriter {
  readonly #room: number;

  /** `pageSize` is that of the target, in bytes. */
  constructor(pageSize: number = DEFAULT_PAGE_SIZE, capacity?: number) {
    super("big", capacity);
    this.#room = MULTIFD_PACKET_SIZE / pageSize;
  }

  /** The greeting that a channel begins with. */
  hello({ uuid, channel, unused = new Uint8Array(39) }: Written<MultifdHello>): this {
    this.u32(MULTIFD_MAGIC).u32(MULTIFD_VERSION);
    const digits = uuid.replaceAll("-", "").padEnd(32, "0");
    for (let at = 0; at < 32; at += 2) this.u8(Number.parseInt(digits.slice(at, at + 2), 16));
    return this.u8(channel).bytes(unused);
  }

  /** A packet of pages; `payload` is the normal ones, or their compressed form. */
  pages(packet: Written<MultifdPages>, payload: Uint8Array = new Uint8Array(0)): this {
    const { normal, zero, unused } = packet;
    const left = this.#room - normal.length - zero.length;
    if (left < 0) throw new RangeError(`${normal.length + zero.length} pages in a packet`);
    this.u32(MULTIFD_MAGIC).u32(MULTIFD_VERSION).u32(packet.flags).u32(packet.allocated);
    const payloadSize = normal.length === 0 ? (unused?.payloadSize ?? 0) : payload.length;
    this.u32(normal.length).u32(payloadSize).u64(packet.packetNumber).u32(zero.length);
    this.bytes(unused?.head ?? new Uint8Array(28));
    this.#name(packet.block, unused?.name);
    for (const offset of normal) this.u64(offset);
    for (const offset of zero) this.u64(offset);
    this.bytes(unused?.offsets.subarray(0, 8 * left) ?? new Uint8Array(8 * left));
    return this.bytes(payload);
  }

  /** A bare sync point. */
  sync(packetNumber: bigint): this {
    return this.pages({
      flags: MultifdFlag.sync,
      allocated: 0,
      packetNumber,
      block: "",
      normal: [],
      zero: [],
    });
  }

  deviceState(packet: Written<MultifdDeviceState>, payload: Uint8Array): this {
    this.u32(MULTIFD_MAGIC)
      .u32(MULTIFD_VERSION)
      .u32(packet.flags | MultifdFlag.deviceState);
    this.#name(packet.idstr, packet.unused);
    return this.u32(packet.instanceId).u32(payload.length).bytes(payload);
  }

  #name(name: string, rest?: Uint8Array): void {
    const bytes = encodeUtf8(name);
    if (bytes.length > BLOCK_NAME_SIZE) throw new RangeError(`"${name}" is too long`);
    const padding = new Uint8Array(BLOCK_NAME_SIZE - bytes.length);
    this.bytes(bytes).bytes(rest?.length === padding.length ? rest : padding);
  }
}
