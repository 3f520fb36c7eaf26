import { createHash } from "node:crypto";
import { bodyText, parseBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { withBodyValue, withHeader, withQuery } from "#lib/webhooks/edit-request.ts";
import { withFreshContent } from "#lib/webhooks/fresh-content.ts";
import type { Provider, ValueSource } from "#lib/webhooks/provider-types.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest } from "#lib/webhooks/sign-delivery.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Plain deliveries that belong to no provider, by id. */
const PLAIN: Record<string, { label: string; contentType: string; body: string }> = {
  json: {
    label: "JSON",
    contentType: "application/json",
    body: '{"type":"order.created","order":{"id":1042,"email":"ada@example.com","total":"42.00"}}',
  },
  form: {
    label: "HTML form",
    contentType: "application/x-www-form-urlencoded",
    body: "name=Ada+Lovelace&email=ada%40example.com&message=Hello%21",
  },
  multipart: {
    label: "Form with a file",
    contentType: "multipart/form-data; boundary=hookline-sample",
    body:
      '--hookline-sample\r\ncontent-disposition: form-data; name="email"\r\n\r\nada@example.com\r\n' +
      '--hookline-sample\r\ncontent-disposition: form-data; name="notes"; filename="notes.txt"\r\n' +
      "content-type: text/plain\r\n\r\nFirst line\r\n" +
      "--hookline-sample--\r\n",
  },
  xml: {
    label: "XML",
    contentType: "application/xml",
    body: '<?xml version="1.0"?>\n<order id="1042"><email>ada@example.com</email><total>42.00</total></order>',
  },
  text: { label: "Plain text", contentType: "text/plain; charset=utf-8", body: "Disk on web-1 is 91 % full" },
};

/** What can be sent as a sample besides the providers' own deliveries. */
export function listPlainSamples(): ReadonlyArray<{ id: string; label: string }> {
  return Object.entries(PLAIN).map(([id, { label }]) => ({ id, label }));
}

/** A plain sample as a request to `target`, or null when there is none with this id. */
export function plainSample(id: string, target: string): WebhookRequest | null {
  const sample = Object.hasOwn(PLAIN, id) ? PLAIN[id] : undefined;
  return sample === undefined
    ? null
    : { method: "POST", url: target, headers: [["Content-Type", sample.contentType]], body: Buffer.from(sample.body) };
}

/** A provider's sample with a delivery id of its own, still unsigned; `unique` is a short text nobody used before. */
export function freshSample(providerId: string, target: string, unique: string): WebhookRequest {
  const provider = getProvider(providerId);
  return withFreshId(provider, sampleRequest(provider, target), unique);
}

/** Otherwise a second sample would be a duplicate of the first. */
function withFreshId(provider: Provider, request: WebhookRequest, unique: string): WebhookRequest {
  let fresh = request;
  for (const source of provider.dedupe.sources) {
    if (source.from === "header") fresh = withHeader(fresh, source.name, `sample-${unique}`);
    if (source.from === "query") fresh = withQuery(fresh, source.name, `sample-${unique}`);
    if (source.from !== "body") continue;
    const old = bodyText(fresh, source.path);
    if (old !== null)
      fresh = withBodyValue(
        fresh,
        source.path,
        /^\d+$/.test(old) ? Number.parseInt(unique.slice(0, 10), 16) : `${old}_${unique}`,
      );
  }
  return withFreshItem(provider, withFreshContent(provider, fresh, chanceOf(unique)), unique);
}

/** Numbers from 0 to 1 that follow from a text. */
function chanceOf(unique: string): () => number {
  let count = 0;
  return () =>
    createHash("sha256")
      .update(`${unique}:${(count += 1)}`)
      .digest()
      .readUInt32BE() /
    2 ** 32;
}

/** The sample's first item is new too, or an endpoint that splits would know it from the sample before. */
function withFreshItem({ batch }: Provider, request: WebhookRequest, unique: string): WebhookRequest {
  const inItem = batch === null ? null : firstBodyPath(batch.id);
  if (batch === null || inItem === null) return request;
  const path = [...(batch.path === "" ? [] : [batch.path]), "0", inItem].join(".");
  const parsed = parseBody(request);
  const old = parsed.kind === "unreadable" ? undefined : valueAt(parsed.value, path);
  if (typeof old === "number") return withBodyValue(request, path, Number.parseInt(unique.slice(0, 10), 16));
  return typeof old === "string" ? withBodyValue(request, path, `${old}_${unique}`) : request;
}

function firstBodyPath(sources: readonly ValueSource[]): string | null {
  for (const source of sources) {
    if (source.from === "body") return source.path;
    const part = source.from === "join" || source.from === "each" ? firstBodyPath(source.parts) : null;
    if (part !== null) return source.from === "each" ? `${source.list}.0.${part}` : part;
  }
  return null;
}

/**
 * The same request with one digit of its body changed (or a space added), which no signature over the body survives.
 */
export function tampered(request: WebhookRequest): WebhookRequest {
  const body = Buffer.from(request.body);
  const at = body.findIndex((byte) => byte >= 0x30 && byte <= 0x38);
  if (at < 0) return { ...request, body: Buffer.concat([body, Buffer.from(" ")]) };
  body[at] = (body[at] ?? 0) + 1;
  return { ...request, body };
}
