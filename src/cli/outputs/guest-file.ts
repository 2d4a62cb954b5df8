import { chmodSync, closeSync, constants, fchmodSync, openSync, unlinkSync } from "node:fs";
import { Failure } from "../io.js";

/** The mode of files with guest data, as that of the files that QEMU writes. */
export const GUEST_FILE_MODE = 0o600;
/** The mode of folders with guest data. */
export const GUEST_FOLDER_MODE = 0o700;

/**
 * Creates a file with guest data, mode 0600 whatever the umask, in the place of a file of that name.
 * A link of that name is removed, not followed: a stranger may have made it. `flags` are those of
 * open(2) besides O_CREAT. Throws what the system says.
 */
export function createGuestFile(file: string, flags: number = constants.O_WRONLY): number {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return createNewFile(file, GUEST_FILE_MODE, flags);
}

/** Creates a file that is not there yet, with just this mode or, by default, what the umask leaves of 0666. */
export function createNewFile(
  file: string,
  mode?: number,
  flags: number = constants.O_WRONLY,
): number {
  const exclusive = flags | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = openNew(file, exclusive, mode);
  try {
    // The umask may have taken away more than the mode does.
    if (mode !== undefined) fchmodSync(handle, mode);
    return handle;
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

function openNew(file: string, flags: number, mode: number | undefined): number {
  try {
    return openSync(file, flags, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Failure(`${file}: another process made it at the same time`);
  }
}

/** Gives a folder that was just made its mode, whatever the umask has left of it. */
export function makeFolderPrivate(folder: string): void {
  chmodSync(folder, GUEST_FOLDER_MODE);
}
