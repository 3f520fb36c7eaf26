import { newId } from "#lib/core/ids.ts";
import type { Passing } from "#lib/door/passing.ts";

/** The id of the event a request becomes: of its moment, and for a stored one the id it is given. The same at each call. */
export function eventIdOf(passing: Passing): string {
  passing.eventId ??= passing.kept?.eventId ?? newId(passing.head.receivedAt);
  return passing.eventId;
}
