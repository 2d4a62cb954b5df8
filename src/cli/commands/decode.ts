import { Option } from "commander";
import { DecodeError } from "../../bytes/decode-error.js";
import { isSelected, parsePattern } from "../../runtime/pattern.js";
import { TraceDamage } from "../../traces/damage.js";
import { openTrace } from "../../traces/open-trace.js";
import type { TraceRecord } from "../../traces/record.js";
import { recordJson } from "../../traces/record-json.js";
import { SimpletraceRenderer } from "../../traces/render-simpletrace.js";
import { renderText } from "../../traces/render-text.js";
import type { CommandDefinition } from "../command-definition.js";
import { readFileChunks } from "../files.js";
import { readEvents } from "../read-events.js";

interface DecodeArguments {
  readonly events?: string[];
  readonly format: "text" | "simpletrace" | "jsonl";
  readonly event?: string[];
}

/** Text is written in pieces of about this many characters. */
const PIECE = 1 << 16;

/** `qtrace decode`: a trace as text or JSON. */
export const decodeCommand: CommandDefinition = (program, run) => {
  program
    .command("decode")
    .description(
      "print the records of a trace: simpletrace, QEMU's logs, ftrace, syslog; gzip or zstd around it",
    )
    .argument("<trace>", "the trace, or - for standard input")
    .option("--events <file...>", "the trace-events files of the QEMU that wrote the trace")
    .addOption(
      new Option(
        "--format <format>",
        "text as QEMU's log has it, simpletrace as simpletrace.py, or jsonl",
      )
        .choices(["text", "simpletrace", "jsonl"])
        .default("text"),
    )
    .option(
      "--event <pattern...>",
      "only these events, such as 'savevm_*'; -PATTERN leaves some out",
    )
    .addHelpText(
      "after",
      "\nExample:\n  qtrace decode trace-4711 --events /usr/share/qemu/trace-events-all --event 'savevm_*'",
    )
    .action((trace: string, options: DecodeArguments) =>
      run(async (io) => {
        const { table, from } = await readEvents(options.events, trace, io);
        if (!options.events) io.err(`qtrace: events as declared in ${from}\n`);
        const render = renderer(options.format);
        const patterns = (options.event ?? []).map(parsePattern);
        const all = patterns[0]?.enable !== true;
        const damage = new TraceDamage();
        let text = "";
        let failure: DecodeError | undefined;
        try {
          for await (const record of openTrace(readFileChunks(trace, io), table)) {
            damage.note(record);
            if (record.type !== "dropped" && !isSelected(patterns, record.name, all)) continue;
            const line = render(record);
            if (line !== undefined) text += `${line}\n`;
            if (text.length < PIECE) continue;
            await io.out(text);
            text = "";
          }
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
          failure = error;
        }
        await io.out(text);
        for (const [name, count] of damage.counts) io.err(`qtrace: ${trace}: ${count} ${name}\n`);
        if (failure) io.err(`qtrace: ${trace}: ${failure.message}\n`);
        return failure ? 1 : 0;
      }),
    );
};

function renderer(format: DecodeArguments["format"]): (record: TraceRecord) => string | undefined {
  if (format === "text") return renderText;
  if (format === "jsonl") return (record) => JSON.stringify(recordJson(record));
  const simpletrace = new SimpletraceRenderer();
  return (record) => simpletrace.render(record);
}
