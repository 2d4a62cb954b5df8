export interface GenerateOptions {
  /** What generated modules import the runtime from; `qtrace/runtime` unless told. */
  readonly runtime?: string;
  /** What generated modules call a file that declares events; as its events do unless told. */
  readonly sourceName?: SourceName;
}

/** What a file is called, given what its events' places call it. */
export type SourceName = (file: string) => string;
