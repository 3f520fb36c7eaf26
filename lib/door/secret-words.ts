import { secretNumber } from "#lib/core/secret-number.ts";
import type { ReceiverSecret } from "#lib/door/receiver.ts";

/**
 * How a request's checks say which secret verified it; read again when settings are tried on stored requests. ASCII as
 * far as it goes, because it is written with every verified event.
 */
export function secretWords({ id, label, endsIn }: Pick<ReceiverSecret, "id" | "label" | "endsIn">): string {
  const ending = endsIn === "" ? "" : `ends in ${endsIn}, `;
  return `Verified with the secret ${label === "" ? "" : `"${label}" `}(${ending}no. ${secretNumber(id)})`;
}
