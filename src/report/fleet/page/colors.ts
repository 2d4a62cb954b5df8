/** Colours that can be told apart on light and dark ground; the newest versions get them. */
const LIGHT = [
  "#2d5fd2",
  "#bd5a0c",
  "#1c8a5a",
  "#8b3fc4",
  "#b3266b",
  "#4d7d1a",
  "#0b7f93",
  "#7a5a12",
];
const DARK = [
  "#7ea8ff",
  "#f0a050",
  "#5fd0a0",
  "#c79bff",
  "#ff8cc0",
  "#a5d468",
  "#5fd0e4",
  "#d9bb6a",
];
const OTHERS = { light: "#8b8f9a", dark: "#757a86" };

/** The colour of a version; of the oldest ones, where there are many, the same grey. */
export function versionColor(version: number, versions: number): string {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  const fromNewest = versions - 1 - version;
  return (dark ? DARK : LIGHT)[fromNewest] ?? (dark ? OTHERS.dark : OTHERS.light);
}
