/** Bytes that can be read from anywhere: a file, a blob, an array. */
export interface RandomAccess {
  /** Bytes in all. */
  readonly size: number;
  /** `length` bytes from `offset` on; fewer only if they lie behind the end. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

/** An array as a `RandomAccess`. */
export function bytesAsRandomAccess(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}
