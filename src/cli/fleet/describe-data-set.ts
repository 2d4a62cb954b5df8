import { partitionColumns, type Table, tables } from "../../fleet/schema.js";
import { type View, views } from "../../fleet/views.js";
import { formatTable } from "../../report/table.js";

/** The tables, their columns and the views, for people. */
export function describeDataSet(): string {
  return [
    ...Object.entries(tables).map(([name, table]) => describeTable(name, table)),
    ...Object.entries(views).map(([name, view]) => describeView(name, view)),
  ].join("\n");
}

/** The same as JSON. */
export function dataSetJson(): unknown {
  return {
    tables: Object.entries(tables).map(([name, { about, key, columns }]) => ({
      name,
      about,
      key,
      columns: [...partitions, ...columns],
    })),
    views: Object.entries(views).map(([name, { about, columns, example, ...view }]) => ({
      name,
      about,
      parameters: (view as View).parameters ?? [],
      columns: Object.entries(columns).map(([column, meaning]) => ({
        name: column,
        about: meaning,
      })),
      example,
    })),
  };
}

const partitions = Object.entries(partitionColumns).map(([name, about]) => ({
  name,
  type: name === "date" ? "date" : "string",
  nullable: false,
  about,
}));

function describeTable(name: string, { about, columns }: Table): string {
  const rows = [...partitions, ...columns].map((column) => [
    `  ${column.name}`,
    column.nullable ? `${column.type}, or null` : column.type,
    column.about,
  ]);
  return `${name}: ${about}\n${table(rows)}`;
}

function describeView(name: string, view: View): string {
  const { about, parameters, columns, example } = view;
  const call = parameters ? `${name}(${parameters.join(", ")})` : name;
  const rows = Object.entries(columns).map(([column, meaning]) => [`  ${column}`, meaning]);
  return `${call}: ${about}\n${table(rows)}  example: ${example}\n`;
}

/** Rows without a head. */
function table(rows: readonly (readonly string[])[]): string {
  const columns = (rows[0] ?? []).map((_, index) => ({
    title: "",
    cell: (row: readonly string[]) => row[index]!,
  }));
  return formatTable(rows, columns).replace(/^\s*\n/, "");
}
