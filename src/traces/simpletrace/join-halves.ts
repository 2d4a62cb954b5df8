const scratch = new DataView(new ArrayBuffer(8));

/** The unsigned 64-bit integer of two halves; shifting bigints would make four of them. */
export function joinHalves(high: number, low: number): bigint {
  scratch.setUint32(0, high);
  scratch.setUint32(4, low);
  return scratch.getBigUint64(0);
}
