import path from "node:path";
import { Failure } from "./io.js";

/** The formats that a file's name stands for, by its extension; the first is the one it implies. */
export type FormatsByExtension<F extends string> = Readonly<Record<string, readonly F[]>>;

/**
 * The format to write: the one that was given, else the one that the output's extension implies,
 * else `fallback`. Throws `Failure` if the given format contradicts the extension.
 */
export function chooseFormat<F extends string>(
  given: F | undefined,
  output: string | undefined,
  byExtension: FormatsByExtension<F>,
  fallback: F,
): F {
  const extension = path.extname(output ?? "").toLowerCase();
  const implied = Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined;
  if (given !== undefined && implied && !implied.includes(given)) {
    throw new Failure(
      `--format ${given} does not fit --output ${output}: give --format ${implied[0]}, or a name that does not end in ${extension}`,
    );
  }
  return given ?? implied?.[0] ?? fallback;
}
