/**
 * Bytes that are not what the format wants.
 *
 * `offset` is the absolute position in the input (bytes from its beginning), `path` names what was
 * being read, outermost first, such as `["section 4 \"cpu\"", "field env.regs[3]"]`.
 */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly reason: string;
  readonly offset: number;
  readonly path: readonly string[];

  constructor(reason: string, offset: number, path: readonly string[] = []) {
    const where = path.length > 0 ? ` in ${path.join(", ")}` : "";
    super(`${reason} at byte 0x${offset.toString(16)}${where}`);
    this.reason = reason;
    this.offset = offset;
    this.path = path;
  }

  /** The same error, seen from one level further out. */
  within(outer: string): DecodeError {
    return new DecodeError(this.reason, this.offset, [outer, ...this.path]);
  }
}
