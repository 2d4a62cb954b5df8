import { diffItems, type ItemRun, MAX_ALONE } from "../../../migration/wire/diff-items.js";
import { diffStates } from "../../../migration/wire/diff-states.js";
import { StateCollector } from "../../../migration/wire/state-collector.js";
import type { StreamItem } from "../../../migration/wire/stream-item.js";
import { formatTable } from "../../../report/table.js";
import type { CommandDefinition } from "../../command-definition.js";
import { Failure, type Io } from "../../io.js";
import { readItems } from "../../read-items.js";
import type { StreamChoice } from "../../stream-input.js";
import { offsetOption } from "./stream-options.js";

interface DiffArguments extends Pick<StreamChoice, "offset"> {
  readonly items?: true;
  readonly json?: true;
}

/** Characters of a value that are shown of each side. */
const SHOWN = 40;

/** `qtrace stream diff`. */
export const defineDiff: CommandDefinition = (command, run) => {
  command
    .argument("<a>", "a migration stream")
    .argument("<b>", "another one")
    .addOption(offsetOption())
    .option("--items", "compare the streams by item instead: what is in one only, what is larger")
    .option("--json", "an object a difference, as documented in docs/stream-state.md")
    .addHelpText("after", "\nExample:\n  qtrace stream diff before.bin after.bin")
    .action((fileA: string, fileB: string, { items, json, ...choice }: DiffArguments) =>
      run(async (io) => {
        const [a, b] = [await wholeStream(fileA, choice, io), await wholeStream(fileB, choice, io)];
        const runs = items && changedRuns(a, b, io);
        const differences = runs ?? diffStates(stateOf(a), stateOf(b));
        if (json) {
          for (const difference of differences) await io.out(`${JSON.stringify(difference)}\n`);
        } else if (differences.length > 0) {
          await io.out(runs ? itemsTable(runs) : stateTable(a, b));
        }
        return differences.length > 0 ? 1 : 0;
      }),
    );
};

async function wholeStream(
  file: string,
  choice: StreamChoice,
  io: Io,
): Promise<readonly StreamItem[]> {
  const { items, failure } = await readItems(file, io, { ...choice, keepData: true });
  if (failure) throw new Failure(`${file}: ${failure.message}`);
  return items;
}

function stateOf(items: readonly StreamItem[]) {
  const collector = new StateCollector();
  for (const item of items) collector.add(item);
  return collector.sections();
}

function stateTable(a: readonly StreamItem[], b: readonly StreamItem[]): string {
  return formatTable(diffStates(stateOf(a), stateOf(b)), [
    { title: "device", cell: ({ device }) => device },
    { title: "field", cell: ({ path }) => path },
    { title: "first", cell: (difference) => shown(difference.a) },
    { title: "second", cell: (difference) => shown(difference.b) },
  ]);
}

function changedRuns(a: readonly StreamItem[], b: readonly StreamItem[], io: Io): ItemRun[] {
  const inOrder = () =>
    io.err(
      `qtrace: more than ${MAX_ALONE} runs of items are in one stream only: runs of the same number are compared\n`,
    );
  return diffItems(a, b, inOrder).filter((run) => run.in !== "both" || run.a.bytes !== run.b.bytes);
}

function itemsTable(runs: readonly ItemRun[]): string {
  const size = (items: number, bytes: number) => (items === 0 ? "–" : `${items} × ${bytes}`);
  return formatTable(runs, [
    { title: "items", cell: ({ what }) => what },
    { title: "first", align: "right", cell: (run) => size(run.a.items, run.a.bytes) },
    { title: "second", align: "right", cell: (run) => size(run.b.items, run.b.bytes) },
  ]);
}

function shown(value: string | undefined): string {
  if (value === undefined) return "–";
  return value.length > SHOWN ? `${value.slice(0, SHOWN - 1)}…` : value;
}
