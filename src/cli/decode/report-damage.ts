import type { TraceDamage } from "../../traces/damage.js";
import type { Io } from "../io.js";

/** So many kinds of damage have a line each; a log of other origin has a hundred of them. */
const LINES = 20;

function counted(name: string, count: number): string {
  if (count !== 1) return `${count} ${name}`;
  const one = name.replace(/^(zero )?(byte|event|line|record|timestamp)s/, "$1$2");
  return `1 ${one.replace("that step back", "that steps back")}`;
}

/** Tells on stderr what is wrong with a trace, the most frequent first, and what may help. */
export function reportDamage(trace: string, damage: TraceDamage, events: string, io: Io): void {
  const kinds = [...damage.counts].sort(([, a], [, b]) => b - a);
  for (const [name, count] of kinds.slice(0, LINES)) {
    io.err(`qtrace: ${trace}: ${counted(name, count)}\n`);
  }
  if (kinds.length > LINES) {
    const rest = kinds.slice(LINES).reduce((sum, [, count]) => sum + count, 0);
    io.err(`qtrace: ${trace}: ${rest} of ${kinds.length - LINES} more kinds\n`);
  }
  if (kinds.some(([name]) => /which is not declared|than declared|its format prints/.test(name))) {
    io.err(
      `qtrace: ${events} may be of another version than the QEMU that wrote the trace: give that one's trace-events-all by --events\n`,
    );
  }
}
