import type { FuzzReader } from "./fuzz-reader.js";
import { multifdFuzzer, returnPathFuzzer } from "./readers/channels.js";
import { libvirtFuzzer, qcow2Fuzzer } from "./readers/containers.js";
import { languageFuzzer } from "./readers/language.js";
import { recordingFuzzer } from "./readers/recording.js";
import { mappedRamFuzzer, ramFuzzer, stateFuzzer, streamFuzzer } from "./readers/streams.js";
import { compressedFuzzer, logFuzzer, simpletraceFuzzer } from "./readers/traces.js";
import { vmDescriptionFuzzer } from "./readers/vm-description.js";

/** Every reader that there is. */
export const readers: readonly FuzzReader[] = [
  ...[languageFuzzer, simpletraceFuzzer, logFuzzer, compressedFuzzer],
  ...[streamFuzzer, stateFuzzer, vmDescriptionFuzzer, ramFuzzer, multifdFuzzer, mappedRamFuzzer],
  ...[qcow2Fuzzer, libvirtFuzzer, returnPathFuzzer, recordingFuzzer],
];
