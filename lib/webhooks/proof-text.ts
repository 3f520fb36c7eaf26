import { bodyText, PARSED_BODY_BYTES_MAX, scalarText, valueAt } from "#lib/webhooks/body-fields.ts";
import { outlineBody } from "#lib/webhooks/outline-body.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { wantNothing, wantPath } from "#lib/webhooks/wanted-places.ts";

const found = new WeakMap<Uint8Array, Map<string, string | null>>();

/**
 * A text or number of the body that a proof needs (Mailgun's token, Linear's time), whatever the body's size: of a
 * large one only this place is read, once. Takes about 5 ms a MB, as the signature over the same bytes does.
 */
export function proofText(request: Pick<WebhookRequest, "headers" | "body">, path: string): string | null {
  if (request.body.byteLength <= PARSED_BODY_BYTES_MAX) return bodyText(request, path);
  const known = found.get(request.body) ?? new Map<string, string | null>();
  found.set(request.body, known);
  const text = known.get(path);
  if (text !== undefined) return text;
  const wanted = wantNothing();
  wantPath(wanted, path).scalar = true;
  const { parsed } = outlineBody(request, wanted);
  const read = parsed.kind === "unreadable" ? null : scalarText(valueAt(parsed.value, path));
  known.set(path, read);
  return read;
}
