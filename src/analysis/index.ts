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
  Round,
  SidePairing,
  SideSummary,
  StrayMark,
  SwitchoverStart,
} from "./account.js";
export { type AnalysisInput, analyze } from "./analyze.js";
export type { ClockRelation } from "./relate-clocks.js";
export { relevantEvents } from "./relevant-events.js";
