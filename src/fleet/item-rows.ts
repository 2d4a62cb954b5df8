import type { ItemAccount, SidePairing } from "../analysis/account.js";
import type { StreamItem } from "../migration/wire/stream-item.js";
import type { Row } from "./schema.js";

/** An item's row. */
export function itemRow(
  recording: string,
  { item, label }: ItemAccount,
  ordinal: number,
): Row<"items"> {
  const { offset, depth, type, size } = item;
  return {
    recording,
    byte_offset: offset,
    ordinal,
    depth,
    type: "kindUnknown" in item ? "section" : type,
    label,
    size,
    ...sectionColumns(item),
  };
}

function sectionColumns(item: StreamItem) {
  const none = { section: undefined, idstr: undefined, instance: undefined, command: undefined };
  const noPages = { pages: undefined, zero_pages: undefined };
  switch (item.type) {
    case "command":
      return { ...none, ...noPages, command: item.command.name };
    case "configuration":
    case "eof":
    case "vm-description":
      return { ...none, ...noPages };
    default: {
      const { sectionId, idstr, instanceId, ram } = item;
      const { page = 0, xbzrle = 0, compressed = 0, zero = 0 } = ram ?? {};
      const pages = ram && { pages: page + xbzrle + compressed, zero_pages: zero };
      return { ...none, ...noPages, ...pages, section: sectionId, idstr, instance: instanceId };
    }
  }
}

/** The two rows that tell how an item stands to both sides' traces. */
export function pairRows(
  recording: string,
  { item, source, destination }: ItemAccount,
  ordinal: number,
): Row<"pairs">[] {
  const row = (side: string, pairing: SidePairing): Row<"pairs"> => ({
    recording,
    side,
    byte_offset: item.offset,
    ordinal,
    status: pairing.status,
    start_ns: pairing.status === "paired" ? pairing.start : undefined,
    end_ns: pairing.status === "paired" ? pairing.end : undefined,
    how: howOf(pairing),
  });
  return [row("source", source), row("destination", destination)];
}

function howOf(pairing: SidePairing): string | undefined {
  switch (pairing.status) {
    case "paired":
    case "untimed":
      return pairing.how;
    case "untraced":
      return pairing.why;
    default:
      return undefined;
  }
}
