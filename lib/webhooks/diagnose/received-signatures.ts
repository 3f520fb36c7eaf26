import { bodyText } from "#lib/webhooks/body-fields.ts";
import type { HmacScheme } from "#lib/webhooks/scheme-types.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Something in a request that may be a signature. `bare`: without a prefix such as `sha256=` or `v1,`. */
export type ReceivedSignature = {
  readonly header: string;
  readonly text: string;
  readonly bare: string;
  readonly expectedPlace: boolean;
  readonly repeated: boolean;
};

const RECEIVED_MAX = 40;
const TEXT_CHARACTERS_MAX = 2_000;

/** Every text in the request that may be a signature: the expected header first, then headers that look like one. */
export function receivedSignatures(scheme: HmacScheme, request: WebhookRequest): readonly ReceivedSignature[] {
  const expected = new Set([scheme.signature.header, ...(scheme.signature.moreHeaders ?? [])]);
  const found: ReceivedSignature[] = [];
  if (scheme.signature.bodyPath !== undefined) {
    const text = bodyText(request, scheme.signature.bodyPath);
    if (text !== null)
      found.push({ header: scheme.signature.bodyPath, text, bare: text, expectedPlace: true, repeated: false });
  }
  const counts = new Map<string, number>();
  for (const [name] of request.headers) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  for (const [sent, value] of request.headers) {
    const header = sent.toLowerCase();
    const expectedPlace = expected.has(header);
    if (!expectedPlace && !/signature|hmac|digest|-mac$|x-sign|authorization|hash/.test(header)) continue;
    const repeated = (counts.get(header) ?? 0) > 1 || /, /.test(value);
    for (const text of pieces(value.slice(0, TEXT_CHARACTERS_MAX)))
      found.push({ header, text, bare: bare(text), expectedPlace, repeated });
  }
  return found.sort((a, b) => Number(b.expectedPlace) - Number(a.expectedPlace)).slice(0, RECEIVED_MAX);
}

/** The whole value and, when it is a list, its items. */
function pieces(value: string): readonly string[] {
  const items = value.split(/[,;]\s*(?=[A-Za-z0-9-]{1,12}=)|\s+/).filter((item) => item !== "");
  return [...new Set([value, value.trim(), ...items])];
}

/**
 * Takes prefixes off: `sha256=…`, `v1=…`, `v1,…`, `Bearer …`, `0x…`, also when one stands there twice. Padding at the
 * end is no prefix.
 */
function bare(text: string): string {
  return text
    .trim()
    .replace(/^(?:[A-Za-z][A-Za-z0-9-]{0,14}[=,:]|[A-Za-z0-9-]{1,12} ){1,2}(?=[^=])/, "")
    .replace(/^0x(?=[0-9A-Fa-f]{40,}$)/, "");
}
