/**
 * The joint account of a migration: the stream's items beside both ends' traces.
 *
 * @module qtrace/analysis
 */
export type {
  Checkpoint,
  Downtime,
  ItemAccount,
  MigrationAccount,
  PathSegment,
  Phase,
  Round,
  SidePairing,
  SideSummary,
  StrayMark,
  SwitchoverStart,
} from "./account.js";
export { type AnalysisInput, analyze } from "./analyze.js";
export type { WirePoint } from "./arrival.js";
export { type ClockRelation, toSourceClock } from "./relate-clocks.js";
export { relevantEvents } from "./relevant-events.js";
export { SentBytes, type SentPoint, type SentWindow } from "./sent-bytes.js";
