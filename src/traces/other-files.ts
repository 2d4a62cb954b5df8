/** Files that are taken for traces, by what they begin with. */
const others: readonly (readonly [magic: readonly number[], what: string])[] = [
  [ascii("QEVM"), "this is a migration stream: see qtrace stream items"],
  [
    ascii("LibvirtQemudSave"),
    "this is a migration stream saved by libvirt: see qtrace stream items",
  ],
  [ascii("QFI\xfb"), "this is a qcow2 image"],
  [
    ascii("\x17\x08Dtracing"),
    "this is trace-cmd's binary file: trace-cmd report prints it as text",
  ],
  [
    [0xc1, 0x1f, 0xfc, 0xc1],
    "this is a CTF trace, as LTTng writes it: babeltrace2 prints it as text",
  ],
  [ascii("PERFILE2"), "this is a file of perf: perf script prints it as text"],
  [ascii("PAR1"), "this is a Parquet file"],
  [ascii("\x7fELF"), "this is a program"],
  [ascii("\x89PNG"), "this is a picture"],
  [ascii("%PDF"), "this is a PDF document"],
  [ascii("PK\x03\x04"), "this is a zip archive"],
  [ascii("\xfd7zXZ"), "this is compressed by xz: decompress it first"],
  [ascii("BZh"), "this is compressed by bzip2: decompress it first"],
  [ascii("\x89LZO"), "this is compressed by lzop: decompress it first"],
  // Once is undone before.
  [ascii("\x1f\x8b\x08"), "this is compressed twice: decompress it first"],
  [ascii("\x28\xb5\x2f\xfd"), "this is compressed twice: decompress it first"],
];

/** What a file is that is no trace, as far as its first bytes tell. */
export function otherFile(bytes: Uint8Array): string | undefined {
  return others.find(([magic]) => magic.every((byte, index) => bytes[index] === byte))?.[1];
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
