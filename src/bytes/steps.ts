import type { ByteWindow } from "./byte-window.js";
import { DecodeError } from "./decode-error.js";

/**
 * A decoder that can stop anywhere: it yields `undefined` when it wants more bytes in its window,
 * a `T` for each thing that it has read, and returns an `R`.
 */
export type Steps<T, R = void> = Generator<T | undefined, R, void>;

/** Waits until `length` bytes are there; throws `DecodeError` if the input ends before. */
export function* need(window: ByteWindow, length: number): Steps<never> {
  while (window.available < length) {
    if (window.ended) {
      throw new DecodeError(
        `cut short: ${length} bytes wanted, ${window.available} left`,
        window.offset,
      );
    }
    yield undefined;
  }
}

/** Waits for `length` bytes or the end; true if the bytes are there. */
export function* ready(window: ByteWindow, length: number): Steps<never, boolean> {
  while (window.available < length && !window.ended) yield undefined;
  return window.available >= length;
}

/** Waits for a byte or the end; true if there is a byte. */
export function more(window: ByteWindow): Steps<never, boolean> {
  return ready(window, 1);
}

/** Consumes `length` bytes as they come, without holding them. */
export function* skip(window: ByteWindow, length: number): Steps<never> {
  let left = length;
  while (left > window.available) {
    left -= window.available;
    window.skip(window.available);
    if (window.ended) {
      throw new DecodeError(`cut short: ${left} more bytes wanted`, window.offset);
    }
    yield undefined;
  }
  window.skip(left);
}
