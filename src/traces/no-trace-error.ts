import { DecodeError } from "../bytes/decode-error.js";

/** The input is no trace, or one of a version that there never was: nothing of it can be read. */
export class NoTraceError extends DecodeError {}
