import { partitionColumns, SCHEMA_VERSION, type Table, tables } from "./schema.js";
import { type View, views } from "./views.js";

/** docs/fleet-tables.md: every table and view, made of the data that they are made of themselves. */
export function tablesPage(): string {
  return [
    "# The tables of many migrations",
    `Version ${SCHEMA_VERSION}. What \`qtrace export\` writes and \`qtrace query\` reads; [docs/fleet.md](fleet.md) tells how.`,
    "Columns whose name ends in `_ns` are nanoseconds: moments are of the source’s clock, as in the account. A type followed by `?` can be null.",
    "All tables have these columns too, of a data set in the names of its folders:",
    list(partitionColumns),
    "## Tables",
    ...Object.entries(tables).map(([name, table]) => tableSection(name, table)),
    "## Views",
    ...Object.entries(views).map(([name, view]) => viewSection(name, view)),
  ]
    .join("\n\n")
    .concat("\n");
}

function tableSection(name: string, { about, key, columns }: Table): string {
  const rows = columns.map(
    ({ name: column, type, nullable, about: meaning }) =>
      `| \`${column}\` | ${type}${nullable ? "?" : ""} | ${meaning} |`,
  );
  const head = ["| column | type | |", "|---|---|---|"];
  return [
    `### \`${name}\``,
    `${about} A row’s key: ${key.map((column) => `\`${column}\``).join(", ")}.`,
    [...head, ...rows].join("\n"),
  ].join("\n\n");
}

function viewSection(name: string, { about, parameters, columns, example }: View): string {
  const call = parameters ? `${name}(${parameters.join(", ")})` : name;
  const elsewhere = parameters
    ? `\n\nIn ClickHouse, which has no such functions of old, it is a view with the columns ${parameters.map((parameter) => `\`${parameter}\``).join(" and ")} to ask by.`
    : "";
  return [
    `### \`${call}\``,
    `${about}${elsewhere}`,
    list(columns),
    `\`\`\`sql\n${example}\n\`\`\``,
  ].join("\n\n");
}

function list(columns: Readonly<Record<string, string>>): string {
  const rows = Object.entries(columns).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  return ["| column | |", "|---|---|", ...rows].join("\n");
}
