import { z } from "@hono/zod-openapi";

/** An id in a path or body. Letters are taken in either case. */
export const idSchema = z.uuid("This is not an id.").transform((id) => id.toLowerCase());

/** A moment in answers: ISO 8601 in UTC, milliseconds. */
export const timeSchema = z.string().openapi({ format: "date-time" });

/** A moment, or null when it has not come. */
export const timeOrNullSchema = timeSchema.nullable();

/** Page size and cursor of every list. Cursors come from `nextCursor` and are good as long as the list exists. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: idSchema.optional(),
};

/** A page of things, newest first; `nextCursor` is null on the last one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Cuts one more than `limit` rows into a page. */
export function toPage<Row extends { id: string }, Item>(rows: Row[], limit: number, toItem: (row: Row) => Item) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), nextCursor: rows.length > limit && last !== undefined ? last.id : null };
}

/** A moment as answers write it. */
export function toTime(at: Date): string {
  return at.toISOString();
}

/** A moment that may not have come. */
export function toTimeOrNull(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
