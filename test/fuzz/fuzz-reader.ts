import { DecodeError } from "../../src/migration/index.js";
import type { Random } from "../support/random.js";

/** What a reader is given: its files by name. Most readers have one. */
export type FuzzInput = Readonly<Record<string, Uint8Array>>;

/** What a reader made of an input. */
export type Verdict = "accepted" | "rejected";

/** A reader under test. */
export interface FuzzReader {
  readonly name: string;
  /** Makes an input; the same one for the same numbers. */
  readonly make: (random: Random) => FuzzInput;
  /**
   * Reads the input in every way that the library has, and throws where it breaks a promise: any
   * exception that is not documented, a value after an error, results that depend on the chunks.
   */
  readonly read: (input: FuzzInput, random: Random) => Verdict | Promise<Verdict>;
}

/** A promise that a reader broke without throwing. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

/** The `DecodeError` that an action throws, which is documented; anything else is thrown again. */
export function decodeErrorOf(act: () => void): DecodeError | undefined {
  try {
    act();
  } catch (error) {
    return asDecodeError(error);
  }
  return undefined;
}

/** The same for an action that waits. */
export async function decodeErrorOfAsync(
  act: () => Promise<unknown>,
): Promise<DecodeError | undefined> {
  try {
    await act();
  } catch (error) {
    return asDecodeError(error);
  }
  return undefined;
}

function asDecodeError(error: unknown): DecodeError {
  if (error instanceof DecodeError) return error;
  throw error;
}

/** An error makes the verdict. */
export function verdictOf(...errors: readonly (Error | undefined)[]): Verdict {
  return errors.some((error) => error !== undefined) ? "rejected" : "accepted";
}
