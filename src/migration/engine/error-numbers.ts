/** Linux's error numbers, negative as QEMU's functions return and trace them. */
export const EINVAL = -22;
