import { InvalidArgumentError, Option } from "commander";

/** `--snapshot`, of all commands that read a stream. */
export function snapshotOption(): Option {
  return new Option(
    "--snapshot <name>",
    "of a qcow2 file: the internal snapshot meant; else the last one",
  );
}

/** `--offset`, of all commands that read a stream. */
export function offsetOption(): Option {
  return new Option(
    "--offset <bytes>",
    "offset of the stream in its file, as in file:PATH,offset=N (default: after leading zeros)",
  ).argParser(byteOffset);
}

/** What all commands take that read a stream. */
export const STREAM_ARGUMENT = "a migration stream, such as 'migrate file:FILE' writes, or -";

/** Suffixes as QEMU takes them: powers of 1024. */
const UNITS = ["", "K", "M", "G", "T"];

function byteOffset(text: string): number {
  const [, digits = "", unit = ""] = /^(0x[\da-f]+|\d+)([KMGT]?)$/i.exec(text) ?? [];
  const value = digits === "" ? Number.NaN : Number(digits);
  const bytes = value * 1024 ** UNITS.indexOf(unit.toUpperCase());
  if (!Number.isSafeInteger(bytes)) {
    throw new InvalidArgumentError("It is not an offset in bytes, such as 4096, 0x1000 or 4K.");
  }
  return bytes;
}
