/** Milliseconds in a second. */
export const SECOND = 1_000;
/** Milliseconds in a minute. */
export const MINUTE = 60 * SECOND;
/** Milliseconds in an hour. */
export const HOUR = 60 * MINUTE;
/** Milliseconds in a day. */
export const DAY = 24 * HOUR;
/** Bytes in a kibibyte. */
export const KIB = 1_024;
/** Bytes in a mebibyte. */
export const MIB = 1_024 * KIB;
/** Bytes in a gibibyte. */
export const GIB = 1_024 * MIB;
