import { writeFileSync } from "node:fs";

/** Where a guest leaves a word when it has come to its own code; and the word. */
export const MARK_ADDRESS = 0x500;
export const MARK = 0x5aa5;

/**
 * A disk image whose boot sector, in real mode, dirties the 128 pages from 0x10000 on over and over:
 * for ever, or `passes` times, after which it halts with interrupts off, so that its memory stays as
 * it is while it runs.
 */
export function writeBootDisk(file: string, passes?: number): void {
  const code = [
    0xfa, // cli
    ...[0x31, 0xc0, 0x8e, 0xd8], // xor ax, ax; mov ds, ax
    ...[0xc7, 0x06, 0x00, 0x05, 0xa5, 0x5a], // mov word [0x500], 0x5aa5
    ...[0xb9, ...word(passes ?? 1)], // mov cx, passes
    // pass:
    ...[0xb8, 0x00, 0x10], // mov ax, 0x1000
    // segment:
    ...[0x8e, 0xc0], // mov es, ax
    ...[0x31, 0xff], // xor di, di
    // page:
    ...[0x26, 0xfe, 0x05], // inc byte [es:di]
    ...[0x81, 0xc7, 0x00, 0x10], // add di, 0x1000
    ...[0x75, 0xf7], // jnz page
    ...[0x05, 0x00, 0x10], // add ax, 0x1000
    ...[0x3d, 0x00, 0x90], // cmp ax, 0x9000
    ...[0x72, 0xeb], // jb segment
    // dec cx; jnz pass. Or: jmp pass
    ...(passes === undefined ? [0xeb, 0xe6] : [0x49, 0x75, 0xe5]),
    ...[0xf4, 0xeb, 0xfd], // halt: hlt; jmp halt
  ];
  const disk = new Uint8Array(1024 * 1024);
  disk.set(code);
  disk.set([0x55, 0xaa], 510);
  writeFileSync(file, disk);
}

function word(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}
