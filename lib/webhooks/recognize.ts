import { type ParsedBody, parseBody, scalarText, valueAt } from "#lib/webhooks/body-fields.ts";
import { queryValue } from "#lib/webhooks/headers.ts";
import type { RecognitionHint } from "#lib/webhooks/provider-types.ts";
import { listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** A provider a request may come from, with the weight of its signs. */
export type Recognition = { readonly id: string; readonly score: number; readonly generic: boolean };

/** Weight from which a provider is proposed. */
export const RECOGNITION_SCORE_MIN = 5;
const TEXT_BYTES_MAX = 4_096;

/**
 * The providers a request looks like, the likeliest first; empty when nothing is told. Only for proposals: whoever
 * sends can imitate every sign, so verification never asks this.
 */
export function recognizeProviders(request: WebhookRequest): readonly Recognition[] {
  const headers = new Map<string, string>();
  for (const [name, value] of request.headers) headers.set(name.toLowerCase(), value);
  const parsed = parseBody(request);
  const found: Recognition[] = [];
  for (const { id, category, recognition } of listProviders()) {
    let score = 0;
    for (const hint of recognition) if (holds(hint, request, headers, parsed)) score += hint.weight;
    if (score >= RECOGNITION_SCORE_MIN) found.push({ id, score, generic: category === "generic" });
  }
  // A sender that uses a common scheme is named before the scheme.
  return found.sort((a, b) => Number(a.generic) - Number(b.generic) || b.score - a.score || (a.id < b.id ? -1 : 1));
}

/** The one provider several first requests agree on; null when they are silent, disagree or it is a tie. */
export function recognizeSender(requests: readonly WebhookRequest[]): string | null {
  const sums = new Map<string, number>();
  for (const request of requests)
    for (const { id, score, generic } of recognizeProviders(request))
      sums.set(id, (sums.get(id) ?? 0) + (generic ? score / 10 : score));
  const [first, second] = [...sums].sort(([, a], [, b]) => b - a);
  return first && (!second || first[1] > second[1]) ? first[0] : null;
}

function holds(
  hint: RecognitionHint,
  request: WebhookRequest,
  headers: ReadonlyMap<string, string>,
  parsed: ParsedBody,
): boolean {
  if ("header" in hint) {
    const value = headers.get(hint.header);
    return value !== undefined && (hint.value === undefined || hint.value.test(value));
  }
  if ("query" in hint) return queryValue(request.url, hint.query) !== null;
  if ("text" in hint)
    return hint.text.test(
      Buffer.from(
        request.body.buffer,
        request.body.byteOffset,
        Math.min(request.body.byteLength, TEXT_BYTES_MAX),
      ).toString("utf8"),
    );
  if (parsed.kind === "unreadable") return false;
  if ("bodyKey" in hint)
    return (
      typeof parsed.value === "object" &&
      parsed.value !== null &&
      Object.keys(parsed.value).some((key) => hint.bodyKey.test(key))
    );
  const value = valueAt(parsed.value, hint.body);
  if (value === undefined) return false;
  return hint.value === undefined || hint.value.test(scalarText(value) ?? "");
}
