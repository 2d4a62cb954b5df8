import { Option } from "commander";

/** `--snapshot`, of all commands that read a stream. */
export function snapshotOption(): Option {
  return new Option(
    "--snapshot <name>",
    "of a qcow2 file: the internal snapshot meant; else the last one",
  );
}

/** What all commands take that read a stream. */
export const STREAM_ARGUMENT = "a migration stream, such as 'migrate file:FILE' writes, or -";
