import path from "node:path";
import {
  type DemoMachineOptions,
  demoDestinationMachine,
  demoSourceMachine,
} from "../../migration/engine/demo-machine.js";
import { textReport } from "../../report/text.js";
import { withoutControls } from "../../without-controls.js";
import { type CommandDefinition, OutputOption } from "../command-definition.js";
import { recordMigration } from "../demo/record-migration.js";
import { exists } from "../files.js";
import { Failure } from "../io.js";
import { RecordingFolder } from "../outputs/recording-folder.js";
import { ownTraceEvents } from "../read-events.js";
import { analyzeRecording, findRecording } from "../recording.js";
import { RESULT_FILE } from "../recording-layout.js";

interface DemoArguments {
  readonly output: string;
  readonly force?: true;
  readonly machine: string;
  readonly switchoverStart: boolean;
}

const MIB = 1024 * 1024;
/** Slow enough for a few rounds, fast enough for an impatient reader. */
const BANDWIDTH = 24 * MIB;
const DIRTY_RATE = 6 * MIB;
const DOWNTIME_LIMIT = 30;

/** `qtrace demo`: a whole migration in one process, recorded and analysed. */
export const demoCommand: CommandDefinition = (command, run) => {
  command
    .addOption(
      new OutputOption("--output <dir>", "the folder to leave the recording in").default(
        "qtrace-demo",
      ),
    )
    .option("--force", "write over a recording that is there")
    .option("--machine <type>", "the machine type", "pc-q35-10.2")
    .option("--no-switchover-start", "do not send SWITCHOVER_START, as machine types up to 9.2 do")
    .addHelpText("after", "\nExample:\n  qtrace demo --output /tmp/demo --machine pc-q35-9.2")
    .action((options: DemoArguments) =>
      run(async (io) => {
        const folder = options.output;
        if (!options.force && (await exists(path.join(folder, RESULT_FILE)))) {
          throw new Failure(`${folder}: holds a ${RESULT_FILE} already; --force writes over it`);
        }
        RecordingFolder.open(folder, options);
        io.err(`qtrace: migrating a guest of 32 MiB, recorded in ${folder}\n`);
        await migrate(folder, options);
        const events = [await ownTraceEvents()];
        const recording = await findRecording(folder);
        const shown = withoutControls(folder);
        const { account, damaged } = await analyzeRecording(recording, events, io);
        await io.out(textReport(account, io.outColumns));
        await io.out(
          `\nStream and traces are in ${shown}; see them again with\n  qtrace analyze ${shown}\n`,
        );
        return damaged ? 1 : 0;
      }),
    );
};

/** Runs both ends and leaves the recording in the folder. */
async function migrate(folder: string, options: DemoArguments): Promise<void> {
  const guest: DemoMachineOptions = { type: options.machine, dirtyRate: DIRTY_RATE };
  await recordMigration(folder, {
    source: {
      machine: demoSourceMachine(guest),
      maxBandwidth: BANDWIDTH,
      downtimeLimit: DOWNTIME_LIMIT,
      ...(options.switchoverStart ? {} : { sendSwitchoverStart: false }),
    },
    destination: { machine: demoDestinationMachine(guest) },
    about: {
      qemu: null,
      machine: options.machine,
      memory: "32",
      transport: "in process",
      sameClock: true,
    },
  });
}
