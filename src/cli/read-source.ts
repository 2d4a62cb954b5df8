import type { ParseResult } from "../../grammar/parse.js";
import { parseBytes } from "../../grammar/parse-bytes.js";
import { readBytes } from "./files.js";
import type { Io } from "./io.js";

/** A trace-events file, parsed; `-` is standard input. */
export async function readSource(file: string, io: Io): Promise<ParseResult> {
  return parseBytes(await readBytes(file, io), file);
}
