/** What tracing took in an interval. */
export interface TracingCost {
  /** Records that were written in it. */
  readonly records: number;
  /** Nanoseconds that writing them took, estimated; undefined where a trace does not show it. */
  readonly nanoseconds: bigint | undefined;
}

/** What tracing took of a migration's downtime: the observer effect. */
export interface Tracing {
  /** Nanoseconds that writing one record takes at either end, estimated by the gaps between them. */
  readonly perRecord: {
    readonly source: number | undefined;
    readonly destination: number | undefined;
  };
  /** Undefined where the start or the end of the downtime is unknown. */
  readonly downtime: TracingCost | undefined;
  /** Each device that was sent at the switchover, in the order of the stream. */
  readonly devices: readonly DeviceTracing[];
}

/** What tracing took of the time in which a device was saved and loaded. */
export interface DeviceTracing {
  /** As in `DeviceTimes`. */
  readonly name: string;
  readonly save: TracingCost | undefined;
  readonly load: TracingCost | undefined;
}
