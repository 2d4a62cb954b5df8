/** The order of the bytes of an integer in memory or in a file. */
export type ByteOrder = "big" | "little";
