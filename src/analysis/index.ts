/**
 * The joint account of a migration: the stream's items beside both ends' traces.
 *
 * @module qtrace/analysis
 */
export type {
  Attempt,
  Checkpoint,
  DeviceTimes,
  Downtime,
  ItemAccount,
  MigrationAccount,
  Outcome,
  PathSegment,
  Phase,
  Postcopy,
  PostcopyTimes,
  Round,
  SidePairing,
  SideSummary,
  StrayMark,
  SwitchoverStart,
  Sync,
  WaitingThread,
} from "./account.js";
export { type AnalysisInput, analyze } from "./analyze.js";
export type { WirePoint } from "./arrival.js";
export { checkLimits, type LimitResult, type Limits } from "./check-limits.js";
export {
  checkRegression,
  type RegressionResult,
  type RegressionTolerance,
} from "./check-regression.js";
export { type ComparedFigure, type Comparison, compareAccounts } from "./compare-accounts.js";
export {
  type EventSet,
  type EventSetEntry,
  type EventSetName,
  eventPatterns,
  eventSets,
  knownQemuVersions,
} from "./event-sets.js";
export type { PageRequest } from "./page-requests.js";
export { type ClockRelation, toSourceClock } from "./relate-clocks.js";
export { relevantEvents } from "./relevant-events.js";
export { SentBytes, type SentPoint, type SentWindow } from "./sent-bytes.js";
export { DensityCounter, densityOf, type TraceDensity } from "./trace-density.js";
export type { DeviceTracing, Tracing, TracingCost } from "./tracing.js";
