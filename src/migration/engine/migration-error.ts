/** A migration that cannot go on, for another reason than wrong bytes (`DecodeError`). */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

/** The connection was lost, as far as one can tell; the other end may still be there. */
export class ConnectionLost extends MigrationError {}

/** What was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new MigrationError(String(thrown));
}

/** A failure of the channel, told as one of the migration. */
export function channelError(thrown: unknown): ConnectionLost {
  return new ConnectionLost(`the channel failed: ${asError(thrown).message}`, { cause: thrown });
}
