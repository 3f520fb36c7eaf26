import { tooLarge } from "#lib/door/admit-request.ts";
import { type Stage, uncertain } from "#lib/door/passing.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import type { ValueSource } from "#lib/webhooks/provider-types.ts";

/** Of a stored request, says whether what is kept of it is enough to go on; a request at the door goes on. */
export const checkKept: Stage = (passing) => {
  const { kept, receiver } = passing;
  if (kept === null) return null;
  if (kept.https === null && receiver.settings.httpsRequired) return uncertain({ kind: "https-unknown" });
  if (kept.bodyBytes > receiver.bodyBytesMax && !kept.byHand) return tooLarge(passing);
  return checkBodyKept(passing);
};

/** Of a stored request, says whether its body is there from its first byte to its last. */
export const checkBodyKept: Stage = ({ kept }) => {
  if (kept === null) return null;
  if (kept.bodyBytes > kept.keptBytes) return uncertain({ kind: "body-cut" });
  return kept.whole ? null : uncertain({ kind: "body-not-read" });
};

/** What of a stored request was taken out before it was stored. */
type Removed = { readonly removedHeaders: ReadonlySet<string>; readonly removedFromQuery: boolean };

/** Whether something the sender's schemes look at was taken out before the request was stored. */
export function isCredentialGone({ provider, settings }: Receiver, kept: Removed): boolean {
  if (kept.removedFromQuery) return true;
  if (kept.removedHeaders.size === 0) return false;
  const { schemes } = provider;
  if (schemes.some((scheme) => scheme.kind === "custom" && scheme.verifier !== "configurable-hmac")) return true;
  const looksAt = JSON.stringify([schemes, settings.options]).toLowerCase();
  return [...kept.removedHeaders].some((name) => looksAt.includes(name));
}

/** Whether a header or the query that tells repeats was taken out: what stands there now is the same for all. */
export function isKeyGone({ provider, settings: { dedupe } }: Receiver, kept: Removed): boolean {
  if (kept.removedHeaders.size === 0 && !kept.removedFromQuery) return false;
  const { sources, fallback } = provider.dedupe;
  switch (dedupe.kind) {
    case "fields":
      return dedupe.fields.some((field) => isGone(field, kept));
    case "source":
      return [dedupe.source, ...sources, ...(fallback?.fields ?? [])].some((source) => isGone(source, kept));
    case "preset":
      return [...sources, ...(fallback?.fields ?? [])].some((source) => isGone(source, kept));
    case "body":
    case "off":
      return false;
  }
}

function isGone(source: ValueSource, kept: Removed): boolean {
  if (source.from === "header") return kept.removedHeaders.has(source.name.toLowerCase());
  if (source.from === "query") return kept.removedFromQuery;
  return (source.from === "join" || source.from === "each") && source.parts.some((part) => isGone(part, kept));
}
