import { expect, test } from "vitest";
import { DecodeError } from "../../../src/bytes/decode-error.js";

/**
 * A check of a reader: input that just satisfies it, input that violates it by one, and what the
 * error says then. A check that is followed by a shortage of bytes is satisfied where the error is
 * `cut short`: then `otherwise` says so, as a length of gigabytes is not written out.
 */
export interface Edge<T> {
  readonly check: string;
  readonly fits: T;
  readonly violates: T;
  readonly message: string | RegExp;
  readonly otherwise?: string;
}

/** One test per edge. `read` throws what the reader throws. */
export function testEdges<T>(edges: readonly Edge<T>[], read: (input: T) => unknown): void {
  test.each(edges)("$check", async ({ fits, violates, message, otherwise }) => {
    expect(await failureOf(read, fits)).toEqual(
      otherwise === undefined ? undefined : expect.stringContaining(otherwise),
    );
    expect(await failureOf(read, violates)).toMatch(message);
  });
}

/** The message of the `DecodeError`; anything else is thrown. */
async function failureOf<T>(read: (input: T) => unknown, input: T): Promise<string | undefined> {
  try {
    await read(input);
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}
