/** What is to be changed in a stream. */
export interface StreamEdits {
  /** The machine type that CONFIGURATION is to name. */
  readonly machine?: string;
  /** Whether the command SWITCHOVER_START is to be sent, as `send-switchover-start` says. */
  readonly switchoverStart?: boolean;
  /** Subsections that are to go, by the idstr of their section; needs the VMDESCRIPTION. */
  readonly dropSubsections?: readonly SubsectionName[];
}

/** A subsection of the sections with that idstr, whatever their instance. */
export interface SubsectionName {
  readonly idstr: string;
  readonly subsection: string;
}
