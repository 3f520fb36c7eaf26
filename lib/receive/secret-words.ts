import type { ReceiverSecret } from "#lib/receive/receiver.ts";

/** ASCII as far as it goes, because it is written with every verified event. How a request's checks say which secret verified it; read again when settings are tried on stored requests. */
export function secretWords({ label, endsIn }: Pick<ReceiverSecret, "label" | "endsIn">): string {
  const name = [label === "" ? "" : `"${label}"`, endsIn === "" ? "" : `(ends in ${endsIn})`].filter((part) => part !== "").join(" ");
  return `Verified with the secret ${name}`.trim();
}
