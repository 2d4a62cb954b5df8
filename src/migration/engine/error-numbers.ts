/** Linux's error numbers, negative as QEMU's functions return and trace them. */
export const EIO = -5;
export const EINVAL = -22;
