import { Option } from "commander";
import { toJson } from "../../report/json.js";
import type { CommandDefinition } from "../command-definition.js";
import { readText } from "../files.js";
import { openDataSet } from "../fleet/data-set.js";
import { dataSetJson, describeDataSet } from "../fleet/describe-data-set.js";
import { duckdbMessage, openDuckdb } from "../fleet/duckdb-session.js";
import { type QueryFormat, queryFormats, writeResult } from "../fleet/query-output.js";
import { checkReadOnly } from "../fleet/read-only.js";
import { Failure, type Io } from "../io.js";

interface QueryArguments {
  readonly format: QueryFormat;
  readonly csvSafe?: true;
  readonly write?: true;
}

/** `qtrace query`: SQL over a data set. */
export const queryCommand: CommandDefinition = (command, run) => {
  command
    .argument("<dataset>", "a folder that `qtrace export` made")
    .argument("[sql]", "one statement, or - to read it from standard input")
    .addOption(
      new Option("--format <format>", "how the rows are printed")
        .choices(queryFormats)
        .default("table"),
    )
    .option("--csv-safe", "with csv: put a ' before text that spreadsheets would run as a formula")
    .option("--write", "let statements write files and attach databases; the data set itself too")
    .addHelpText(
      "after",
      "\nExample:\n  qtrace query migrations 'SELECT * FROM downtime_percentiles'\n" +
        "  qtrace query migrations \"SELECT * FROM regressions('10.1.0', '10.2.2')\" --format json",
    )
    .action((folder: string, sql: string | undefined, options: QueryArguments) =>
      run(async (io) => {
        if (options.csvSafe && options.format !== "csv") {
          throw new Failure("--csv-safe needs --format csv");
        }
        const dataSet = await openDataSet(folder);
        const statement = sql === "-" ? await readText("-", io) : sql;
        if (statement === undefined) return describe(options.format, io);
        const session = await openDuckdb(dataSet, { write: options.write ?? false });
        try {
          if (!options.write) await checkReadOnly(session.connection, statement);
          const result = await session.connection.stream(statement);
          await writeResult(result, options.format, io.out, options.csvSafe);
          return 0;
        } catch (error) {
          throw error instanceof Failure ? error : new Failure(duckdbMessage(error));
        } finally {
          await session.close();
        }
      }),
    );
};

async function describe(format: QueryFormat, io: Io): Promise<number> {
  await io.out(format === "json" ? toJson(dataSetJson()) : describeDataSet());
  return 0;
}
