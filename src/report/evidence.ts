/** The events of one side's trace, in the order of time, as the account's clock has them. */
export interface EventList {
  readonly count: number;
  /** Nanoseconds of the source's clock. */
  readonly at: (index: number) => bigint;
  readonly name: (index: number) => string;
  /** The arguments, as the event's format prints them. */
  readonly text: (index: number) => string;
}

/** What a picture may show beside the account: the events that the account was made of. */
export interface Evidence {
  readonly source?: EventList;
  readonly destination?: EventList;
}
