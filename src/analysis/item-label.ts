import type { StreamItem } from "../migration/wire/stream-item.js";

/** What an item is, in a few words: `ram PART`, `PING 0x1`, `EOF`. */
export function itemLabel(item: StreamItem): string {
  switch (item.type) {
    case "configuration":
      return "CONFIGURATION";
    case "command":
      return item.command.name === "PING"
        ? `PING 0x${item.command.value.toString(16)}`
        : item.command.name;
    case "eof":
      return "EOF";
    case "vm-description":
      return "VMDESCRIPTION";
    default: {
      const kind = item.kindUnknown ? "section" : item.type.slice("section-".length).toUpperCase();
      const instance = item.instanceId === 0 ? "" : `[${item.instanceId}]`;
      return `${item.idstr}${instance} ${kind}`;
    }
  }
}
