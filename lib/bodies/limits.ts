import { LIST_ITEMS_MAX } from "#lib/core/size-limits.ts";

/** Largest body that may be read on an event loop, in bytes. */
export const inPlaceBytesMax = 64 * 1024;

/** Deepest nesting that is read. */
export const depthMax = 64;

/** Most object keys a body may have. */
export const keysMax = 50_000;

/** Most notes of one kind that are kept about one body. */
export const notesMax = 20;

/** Most fields of a form that are read. */
export const fieldsMax = LIST_ITEMS_MAX;

/** Deepest nesting that brackets in a field's name make; what is deeper stays part of the name. */
export const nestingMax = 16;

/** Items of a list that are read one by one. */
export const listItemsMax = LIST_ITEMS_MAX;
