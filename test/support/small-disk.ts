import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system that is soon full. */
export interface SmallDisk {
  /** Empties it, and gives a folder in it that has no more than so many bytes to take, in blocks of 4 KiB. */
  readonly folderWith: (room: number) => string;
  /** Gives it all the room that it can have. */
  readonly makeRoom: () => void;
  readonly unmount: () => void;
}

/** Mounts one of so many bytes in memory. A test asks for `mount` before (`testWith`). */
export function mountSmallDisk(size: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
  const own = join(folder, "own");
  const ballast = join(folder, "ballast");
  return {
    folderWith: (room) => {
      rmSync(own, { recursive: true, force: true });
      writeFileSync(ballast, new Uint8Array(size - room));
      mkdirSync(own);
      return own;
    },
    makeRoom: () => rmSync(ballast, { force: true }),
    unmount: () => {
      execFileSync("umount", [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
