/**
 * The group of a trace-events file, as QEMU forms it from the file's folder: `hw/net/trace-events`
 * is `hw_net`, a file at the top is `root`, the installed `trace-events-all` is `all`
 * (QEMU trace/meson.build).
 *
 * `path` is relative to the tree's top, with `/` between its parts.
 */
export function groupName(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const file = parts.pop();
  if (file === "trace-events-all") return "all";
  if (parts.length === 0) return "root";
  return parts.join("_").replace(/\W/g, "_");
}
