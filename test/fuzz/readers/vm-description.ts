import {
  bytesAsRandomAccess,
  findVmDescription,
  parseVmDescription,
  type VmDescription,
  vmDescriptionToJson,
  vmStateSize,
} from "../../../src/migration/index.js";
import { pick } from "../../support/random.js";
import { BrokenPromise, decodeErrorOf, type FuzzReader, verdictOf } from "../fuzz-reader.js";
import { mutateBytes, type Seed } from "../mutate-bytes.js";
import { streamSeeds } from "../stream-seeds.js";

/** The JSON at the end of a stream, without what is before it. */
function descriptionOf({ bytes, marks = [] }: Seed): Seed {
  const json = bytes.subarray(marks.at(-1)! + 5);
  const marked: number[] = [];
  for (const [at, byte] of json.entries()) if (byte === 0x5b || byte === 0x7b) marked.push(at);
  return { bytes: json.slice(), marks: marked };
}

const seeds = [streamSeeds.whole, ...streamSeeds.described].map(descriptionOf);

/** The JSON that describes a machine's state. */
export const vmDescriptionFuzzer: FuzzReader = {
  name: "vm-description",
  make: (random) => ({ json: mutateBytes(random, pick(random, seeds), seeds) }),
  async read({ json }) {
    const text = new TextDecoder().decode(json);
    let description: VmDescription | undefined;
    const error = decodeErrorOf(() => {
      description = parseVmDescription(text, 5);
    });
    if (description) {
      for (const device of description.devices) vmStateSize(device);
      const again = decodeErrorOf(() => parseVmDescription(vmDescriptionToJson(description!)));
      if (again) throw new BrokenPromise(`what was written is refused: ${again.message}`);
    }
    const stream = new Uint8Array(json!.length + 6);
    stream[1] = 6;
    new DataView(stream.buffer).setUint32(2, json!.length);
    stream.set(json!, 6);
    await findVmDescription(bytesAsRandomAccess(stream));
    return verdictOf(error);
  },
};
