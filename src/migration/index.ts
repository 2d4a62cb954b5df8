/**
 * `qtrace/migration`: reads and writes QEMU's migration streams, and runs either end of a migration.
 *
 * The wire: `StreamReader` turns chunks of a stream into items, `readStream` those of a file whose
 * end can be looked into; `ReturnPathReader` reads what a destination answers.
 *
 * The engine: `MigrationSource` and `MigrationDestination` are the two ends of a live migration over
 * any duplex stream; a `Machine` has memory, devices whose state a `VmStateDescription` saves and
 * loads, and a workload that goes on while it migrates.
 */
export { DecodeError } from "../bytes/decode-error.js";
export { readChunks } from "../bytes/fed-reader.js";
export type { AutoConvergeOptions } from "./engine/auto-converge.js";
export type { ByteChannel, ByteSink, ByteSource } from "./engine/byte-channel.js";
export {
  type DemoMachineOptions,
  demoDestinationMachine,
  demoSourceMachine,
} from "./engine/demo-machine.js";
export type { Device } from "./engine/device.js";
export { GuestRam, PAGE_SIZE, RamBlock } from "./engine/guest-ram.js";
export { Machine, type MachineOptions, type Workload } from "./engine/machine.js";
export { MigrationDestination } from "./engine/migration-destination.js";
export { MigrationError } from "./engine/migration-error.js";
export type {
  LoadResult,
  MigrationDestinationOptions,
  MigrationResult,
  MigrationSourceOptions,
  MultifdOptions,
  PreemptOptions,
  XbzrleOptions,
} from "./engine/migration-options.js";
export { MigrationSource } from "./engine/migration-source.js";
export type { MigrationStatus } from "./engine/migration-state.js";
export type { OffsetSink } from "./engine/offset-sink.js";
export type { RequestedPages } from "./engine/page-requests.js";
export type { PageCounts } from "./engine/ram-source.js";
export type { RunState } from "./engine/run-state.js";
export { sendsSwitchoverStart } from "./engine/send-switchover-start.js";
export { UnknownMachine, type UnknownMachineOptions } from "./engine/unknown-machine.js";
export type {
  BitmapField,
  BufferField,
  Count,
  DeviceState,
  Field,
  FieldValue,
  LengthIn,
  ListField,
  ScalarField,
  StructField,
  Subsection,
  TmpField,
  UnusedField,
  ValidateField,
  VmStateDescription,
} from "./engine/vmstate-description.js";
export {
  bitmap,
  buffer,
  equal,
  lengthIn,
  list,
  pointerArray,
  scalar,
  scalarArray,
  since,
  struct,
  structArray,
  unused,
  validate,
  when,
  withTmp,
} from "./engine/vmstate-fields.js";
export { type ChannelKind, channelKind } from "./wire/channel-kind.js";
export { StreamChecker, type StreamFinding, type StreamFindingCode } from "./wire/check-stream.js";
export { type RawCommand, writeCommand } from "./wire/command.js";
export {
  type CommandName,
  commandLength,
  commandName,
  commandNumber,
} from "./wire/command-table.js";
export { writeConfiguration } from "./wire/configuration.js";
export { decodeState } from "./wire/decode-state.js";
export { diffItems, type ItemRun, type RunSize } from "./wire/diff-items.js";
export { diffStates, type StateDifference } from "./wire/diff-states.js";
export { findVmDescription } from "./wire/find-vm-description.js";
export { type ItemJson, itemToJson } from "./wire/item-json.js";
export { KnownBlocks } from "./wire/known-blocks.js";
export {
  type LibvirtCompression,
  type LibvirtSaveHeader,
  libvirtHeaderSize,
  readLibvirtSaveHeader,
  writeLibvirtSaveHeader,
} from "./wire/libvirt-save-header.js";
export {
  type DeviceStatePackets,
  MultifdDeviceStates,
  type NumberedPackets,
} from "./wire/multifd-device-states.js";
export { MultifdJoin } from "./wire/multifd-join.js";
export type {
  MultifdDeviceState,
  MultifdHello,
  MultifdItem,
  MultifdPages,
} from "./wire/multifd-packet.js";
export type { PullBytes } from "./wire/multifd-pages.js";
export { MultifdReader, type MultifdReaderOptions } from "./wire/multifd-reader.js";
export { MultifdCounter, type MultifdSummary } from "./wire/multifd-summary.js";
export { MultifdWriter } from "./wire/multifd-writer.js";
export { type Qcow2File, type Qcow2Snapshot, readQcow2Snapshots } from "./wire/qcow2-snapshots.js";
export { qcow2VmState } from "./wire/qcow2-vm-state.js";
export { writeRamBlockList } from "./wire/ram-block-list.js";
export { type RamImage, RamImageBuilder } from "./wire/ram-image.js";
export { RamRecordWriter } from "./wire/ram-record-writer.js";
export type { RamSink } from "./wire/ram-sink.js";
export {
  type KindCounts,
  type PageKind,
  type RamRegion,
  type RamStats,
  RamStatsCounter,
} from "./wire/ram-stats.js";
export { bytesAsRandomAccess, type RandomAccess } from "./wire/random-access.js";
export { readPipe } from "./wire/read-pipe.js";
export { readStream } from "./wire/read-stream.js";
export {
  type ReturnPathItem,
  type ReturnPathMessage,
  ReturnPathReader,
  writeReturnPathMessage,
} from "./wire/return-path.js";
export { writeFooter, writeSectionHead } from "./wire/section-head.js";
export type { SectionSteps, SectionWindow } from "./wire/section-window.js";
export { type SectionState, StateCollector } from "./wire/state-collector.js";
export {
  type DeviceStatePacketsJson,
  type SectionStateJson,
  type StateFieldJson,
  type StateNodeJson,
  type StateTreeNodeJson,
  type StateValueJson,
  sectionStateToJson,
} from "./wire/state-json.js";
export { stateToQemuJson } from "./wire/state-qemu-json.js";
export { type StateSize, stateSizes } from "./wire/state-sizes.js";
export type { IntegerValue, StateField, StateNode, StateValue } from "./wire/state-value.js";
export type { StreamEdits, SubsectionName } from "./wire/stream-edits.js";
export { writeStreamHeader } from "./wire/stream-header.js";
export {
  type Command,
  type CommandItem,
  type Configuration,
  type ConfigurationItem,
  type EofItem,
  isSection,
  type RamBlockInfo,
  type RamCounts,
  type RamRange,
  type SectionContent,
  type SectionEnd,
  type SectionHead,
  type SectionItem,
  type SectionType,
  type StreamItem,
  type VmDescriptionItem,
} from "./wire/stream-item.js";
export {
  type MigrationPhase,
  type ProgressSnapshot,
  StreamProgress,
} from "./wire/stream-progress.js";
export { StreamReader } from "./wire/stream-reader.js";
export type {
  SectionDecoder,
  StreamObserver,
  StreamReaderOptions,
} from "./wire/stream-reader-options.js";
export { StreamRewriter } from "./wire/stream-rewriter.js";
export { detectWrapping, type StreamWrapping } from "./wire/stream-wrapping.js";
export { StreamWriter } from "./wire/stream-writer.js";
export { teeRamSink } from "./wire/tee-ram-sink.js";
export {
  parseVmDescription,
  type VmDescription,
  type VmDevice,
  type VmField,
  type VmState,
} from "./wire/vm-description.js";
export { writeVmDescription } from "./wire/vm-description-item.js";
export { vmDescriptionToJson } from "./wire/vm-description-json.js";
export {
  type VmStateVisitor,
  vmStateSize,
  walkVmState,
} from "./wire/vmstate-by-description.js";
export type { ScalarTypeName, ScalarValue } from "./wire/vmstate-scalar.js";
export { applyXbzrle, encodeXbzrle } from "./wire/xbzrle.js";
