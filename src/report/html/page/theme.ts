import { byId } from "./dom.js";

/** Colours as the style sheet has them at the moment. */
export interface Palette {
  readonly panel: string;
  readonly ink: string;
  readonly quiet: string;
  readonly faint: string;
  readonly line: string;
  readonly source: string;
  readonly destination: string;
  readonly wire: string;
  readonly shade: string;
  readonly bad: string;
  readonly font: string;
}

const NAMES = [
  ...([
    "panel",
    "ink",
    "quiet",
    "faint",
    "line",
    "source",
    "destination",
    "wire",
    "shade",
    "bad",
  ] as const),
  "font",
] as const;

/** Reads the colours that are in force. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const entries = NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(entries) as Palette;
}

/** Lets the button switch between light and dark; tells when the colours changed, also for print. */
export function watchTheme(changed: () => void): void {
  const root = document.documentElement;
  const button = byId("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const tell = () => {
    button.setAttribute("aria-pressed", String(isDark()));
    changed();
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    tell();
  });
  dark.addEventListener("change", tell);
  matchMedia("print").addEventListener("change", tell);
  tell();
}
