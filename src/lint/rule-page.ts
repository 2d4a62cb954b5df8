import type { Example, Rule } from "./rule.js";

/** A rule's page in docs/rules/, made of what the rule tells of itself. */
export function rulePage(rule: Rule): string {
  const { name, summary, why, bad, good, fixable, needs, enforcedBy, severity } = rule;
  const levels = { off: "off", warn: "a warning", error: "an error" };
  const facts = [
    `- In \`recommended\`: ${levels[severity.recommended]}; in \`strict\`: ${levels[severity.strict]}.`,
    `- ${fixable ? "`--fix` mends it where that is certain." : "To be mended by hand."}`,
    ...(enforcedBy ? [`- ${capital(enforcedBy)} refuses it too.`] : []),
    ...(needs === "sources"
      ? ["- Looks at C and Rust sources too: with `--source DIR` only."]
      : []),
  ];
  return [
    `# ${name}`,
    summary,
    facts.join("\n"),
    "## Why",
    why,
    "## Bad",
    printExample(bad),
    "## Good",
    printExample(good),
    "## Let it be",
    "In one place, with a comment above the line; anywhere, in `qtrace.config.json`:",
    block(`# qtrace-ignore ${name} -- the reason`),
    block(`{ "rules": { "${name}": "off" } }`, "json"),
    "_This page is made from the rule itself: `npm run docs`._",
  ]
    .join("\n\n")
    .concat("\n");
}

/** The list of all rules, docs/rules/README.md. */
export function ruleIndexPage(rules: readonly Rule[]): string {
  const mark = (yes: boolean) => (yes ? "yes" : "");
  const rows = rules.map(
    ({ name, summary, severity, fixable, enforcedBy }) =>
      `| [${name}](${name}.md) | ${summary} | ${severity.recommended} | ${severity.strict} | ${mark(fixable)} | ${enforcedBy ?? ""} |`,
  );
  return [
    "# The rules",
    "",
    "`recommended` finds mistakes: an error where a build fails or a trace shows something wrong, a",
    "warning where it reads badly. `strict` adds what is a matter of style.",
    "",
    "| rule | what must hold | recommended | strict | `--fix` | refused by |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
    "_This page is made from the rules themselves: `npm run docs`._",
    "",
  ].join("\n");
}

function printExample(example: Example): string {
  if (typeof example === "string") return block(example);
  return Object.entries(example)
    .map(([path, text]) => `\`${path}\`:\n\n${block(text, languageOf(path))}`)
    .join("\n\n");
}

function languageOf(path: string): string {
  if (path.endsWith(".rs")) return "rust";
  return /\.[ch]$/.test(path) ? "c" : "";
}

function block(text: string, language = ""): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
