import { secretNumber } from "#lib/core/secret-number.ts";
import type { ReceiverSecret, RequestCheck } from "#lib/door/receiver.ts";

const secretChecks = new WeakMap<ReceiverSecret, RequestCheck>();

/** The check that says which secret verified a request; made once per secret. */
export function secretUsed(secret: ReceiverSecret): RequestCheck {
  const known = secretChecks.get(secret);
  if (known !== undefined) return known;
  const words = secretWords(secret);
  const check: RequestCheck = {
    id: "secret-used",
    status: "passed",
    message: `Verified with the ${words}`,
    data: { secretId: secret.id, secret: words },
  };
  secretChecks.set(secret, check);
  return check;
}

/**
 * How people are told one of an endpoint's secrets from the others. ASCII as far as it goes, because it is written with
 * every verified event.
 */
function secretWords({ id, label, endsIn }: Pick<ReceiverSecret, "id" | "label" | "endsIn">): string {
  const ending = endsIn === "" ? "" : `ends in ${endsIn}, `;
  return `secret ${label === "" ? "" : `"${label}" `}(${ending}no. ${secretNumber(id)})`;
}
