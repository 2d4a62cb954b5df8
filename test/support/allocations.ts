/** What code asked for while it ran: the sizes of buffers, which no garbage collection changes. */
export interface Allocations {
  /** Bytes of the largest buffer. */
  largest: number;
  /** Bytes of all buffers together. */
  total: number;
}

/**
 * Counts the buffers that our code allocates while `run` runs: `new Uint8Array(length)`,
 * `new ArrayBuffer(length)`, `Buffer.alloc` and its unsafe forms. Node's own buffers are not counted.
 */
export async function countAllocations<T>(
  run: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly allocations: Readonly<Allocations> }> {
  const allocations: Allocations = { largest: 0, total: 0 };
  const count = (size: unknown) => {
    if (typeof size !== "number") return;
    allocations.largest = Math.max(allocations.largest, size);
    allocations.total += size;
  };
  const counted = <C extends abstract new (...args: never[]) => object>(type: C): C =>
    new Proxy(type, {
      construct(target, args, newTarget) {
        count(args[0]);
        return Reflect.construct(target, args, newTarget);
      },
    });
  const types = { Uint8Array, ArrayBuffer };
  const { alloc, allocUnsafe, allocUnsafeSlow } = Buffer;
  const countedBuffer = <F extends (size: number, ...rest: never[]) => Buffer>(allocate: F): F =>
    ((size: number, ...rest: never[]) => {
      count(size);
      return allocate(size, ...rest);
    }) as F;
  Object.assign(globalThis, { Uint8Array: counted(Uint8Array), ArrayBuffer: counted(ArrayBuffer) });
  Object.assign(Buffer, {
    alloc: countedBuffer(alloc),
    allocUnsafe: countedBuffer(allocUnsafe),
    allocUnsafeSlow: countedBuffer(allocUnsafeSlow),
  });
  try {
    return { result: await run(), allocations };
  } finally {
    Object.assign(globalThis, types);
    Object.assign(Buffer, { alloc, allocUnsafe, allocUnsafeSlow });
  }
}
