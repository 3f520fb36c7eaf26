import { parseBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { withBodyValue } from "#lib/webhooks/edit-request.ts";
import type { Provider, ValueSource } from "#lib/webhooks/provider-types.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Pieces a value can be read from, once lists and joins are taken apart. */
type Place = { readonly from: "body"; readonly path: string } | { readonly from: "text"; readonly pattern: RegExp };

/**
 * A sample whose sender is known by content, made another event: a time or number that tells its events apart is moved.
 * Unchanged where the sender has ids, or nothing that tells them apart. `random` gives 0 to 1.
 */
export function withFreshContent(
  { dedupe }: Pick<Provider, "dedupe">,
  request: WebhookRequest,
  random: () => number,
): WebhookRequest {
  for (const place of (dedupe.fallback?.fields ?? [])
    .filter(({ required }) => required)
    .flatMap((field) => placesOf(field))) {
    const fresh =
      place.from === "body"
        ? withFreshValue(request, place.path, random)
        : withFreshText(request, place.pattern, random);
    if (fresh !== null) return fresh;
  }
  return request;
}

function placesOf(source: ValueSource, list = ""): readonly Place[] {
  switch (source.from) {
    case "body":
      return [{ from: "body", path: `${list}${source.path}` }];
    case "text":
      return [source];
    case "join":
      return source.parts.flatMap((part) => placesOf(part, list));
    case "each":
      return source.parts
        .filter(({ required }) => required)
        .flatMap((part) => placesOf(part, `${list}${source.list === "" ? "" : `${source.list}.`}0.`));
    case "header":
    case "query":
    case "constant":
    case "top-level-key":
      return [];
  }
}

function withFreshValue(request: WebhookRequest, path: string, random: () => number): WebhookRequest | null {
  const parsed = parseBody(request);
  const old = parsed.kind === "unreadable" ? undefined : valueAt(parsed.value, path);
  if (typeof old === "number") return withBodyValue(request, path, Number(moved(String(old), random)));
  if (typeof old !== "string") return null;
  const fresh = withBodyValue(request, path, moved(old, random));
  return fresh === request ? replaced(request, old, moved(old, random)) : fresh;
}

function withFreshText(request: WebhookRequest, pattern: RegExp, random: () => number): WebhookRequest | null {
  const found = pattern.exec(textOf(request));
  const old = found?.[1];
  return found === null || old === undefined
    ? null
    : replaced(request, found[0], found[0].replace(old, moved(old, random)));
}

function replaced(request: WebhookRequest, old: string, fresh: string): WebhookRequest {
  return { ...request, body: Buffer.from(textOf(request).replace(old, () => fresh)) };
}

function textOf({ body }: WebhookRequest): string {
  return Buffer.from(body).toString("utf8");
}

/**
 * A clock's time becomes another time of that day; of a number the last six digits change; other texts get an ending.
 */
function moved(old: string, random: () => number): string {
  const digits = (count: number, below: number): string => String(Math.floor(random() * below)).padStart(count, "0");
  if (/\d\d:\d\d:\d\d/.test(old))
    return old.replace(/\d\d:\d\d:\d\d/, () => `${digits(2, 24)}:${digits(2, 60)}:${digits(2, 60)}`);
  const whole = /^(\d+)\d{6}(\.\d+)?$/.exec(old);
  if (whole !== null) return `${whole[1]}${digits(6, 1_000_000)}${whole[2] ?? ""}`;
  return `${old}-${digits(9, 1_000_000_000)}`;
}
