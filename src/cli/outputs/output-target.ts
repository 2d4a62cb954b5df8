import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import path from "node:path";
import { Failure } from "../io.js";

/** What the path of an output leads to. */
export type OutputTarget =
  /** A regular file, or none yet: a new file takes its place. `mode` is that of the old file. */
  | { readonly kind: "file"; readonly path: string; readonly mode?: number }
  /** A FIFO or a device, which is written as it is. */
  | { readonly kind: "device"; readonly path: string }
  /** A descriptor of this process that is a regular file, such as /dev/stdout: others write there too. */
  | { readonly kind: "descriptor"; readonly descriptor: number };

/** As many links as Linux follows. */
const MAX_LINKS = 40;

/** Finds out what an output's path leads to. Throws what the system says, or `Failure`. */
export function resolveOutput(file: string): OutputTarget {
  const at = followLinks(file);
  const descriptor = ownDescriptor(at);
  if (descriptor !== undefined && fstatSync(descriptor).isFile()) {
    return { kind: "descriptor", descriptor };
  }
  const there = statSync(at, { throwIfNoEntry: false });
  if (there?.isDirectory() || (!there && file.endsWith("/"))) {
    throw new Failure(`${file}: is a folder`);
  }
  if (!there) return { kind: "file", path: at };
  if (!there.isFile()) return { kind: "device", path: at };
  // A file that cannot be written is not replaced either.
  closeSync(openSync(at, "r+"));
  return { kind: "file", path: at, mode: there.mode & 0o7777 };
}

/** The path at the end of links, also where nothing is there, or a descriptor in /proc. */
function followLinks(file: string): string {
  let next = file;
  for (let count = 0; count <= MAX_LINKS; count += 1) {
    // `path.resolve` would take "link/.." for the folder of the link.
    const folder = realpathSync.native(path.dirname(next));
    const at = path.join(folder, path.basename(next));
    const there = lstatSync(at, { throwIfNoEntry: false });
    if (!there?.isSymbolicLink() || ownDescriptor(at) !== undefined) return at;
    refuseStrangersLink(at, there, statSync(folder));
    const link = readlinkSync(at);
    next = path.isAbsolute(link) ? link : `${folder}/${link}`;
  }
  throw new Failure(`${file}: too many links`);
}

/** The rule that Linux has for open(2), fs.protected_symlinks, which following links here passes by. */
function refuseStrangersLink(link: string, { uid }: Stats, folder: Stats): void {
  const isShared = (folder.mode & 0o1002) === 0o1002;
  if (!isShared || uid === process.geteuid?.() || uid === folder.uid) return;
  throw new Failure(`${link}: another user's link in a folder that all can write to`);
}

function ownDescriptor(file: string): number | undefined {
  const [, pid, descriptor] = /^\/proc\/(\d+)(?:\/task\/\d+)?\/fd\/(\d+)$/.exec(file) ?? [];
  return Number(pid) === process.pid ? Number(descriptor) : undefined;
}
