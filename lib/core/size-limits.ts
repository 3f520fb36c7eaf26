import { MIB } from "./units.ts";

/** Largest body a door can be set to take, and the most one unfolds to. What follows is made to carry it. */
export const BODY_BYTES_MAX = 16 * MIB;

/** Largest value of an expression, body of a call or text of a mail: a whole body, and what is put around it. */
export const SENT_BYTES_MAX = BODY_BYTES_MAX + 1 * MIB;

/** Largest context of an expression that is evaluated in a child, in characters of JSON: a body in two forms. */
export const CONTEXT_CHARS_MAX = 2 * SENT_BYTES_MAX;

/**
 * Most of an answer that is read of a call. A quarter of a body: a hundred calls are under way at once, and nobody
 * knows how large their answers will be.
 */
export const ANSWER_BYTES_MAX = BODY_BYTES_MAX / 4;

/** Most items of a list that a form or a batch is read as, a loop goes through, or a call sends as rows. */
export const LIST_ITEMS_MAX = 10_000;

/** Runs over larger bodies wait until their bytes fit beside those of others. */
export const LARGE_BODY_BYTES = 1 * MIB;

/**
 * Bytes of large bodies that one worker works on at once. A run over a body needs up to eight times its bytes: as it
 * came, as text, as the call that passes it on, and as its record.
 */
export const LARGE_BYTES_AT_ONCE = 3 * BODY_BYTES_MAX;
