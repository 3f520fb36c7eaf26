import { outlineBody } from "#lib/bodies/outline-body.ts";
import { type WantedPlaces, wantMember, wantNothing, wantPath, wantsAnything } from "#lib/bodies/wanted-places.ts";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import { checkForm, isFormChecked, OPEN_TIME_FIELD } from "#lib/door/check-form.ts";
import { type DeliveryKey, deliveryKey } from "#lib/door/delivery-key.ts";
import { listSpecOf, type SplitOutcome, splitOf } from "#lib/door/split-event.ts";
import { rememberParsed } from "#lib/webhooks/body-fields.ts";
import type { ChosenField } from "#lib/webhooks/fields-key.ts";
import { headerValue } from "#lib/webhooks/headers.ts";
import { nameEvent } from "#lib/webhooks/name-event.ts";
import type { Provider, ValueSource } from "#lib/webhooks/provider-types.ts";
import { splitLargeBatch } from "#lib/webhooks/split-large-batch.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { wantSources } from "#lib/webhooks/want-sources.ts";

/** What decides how a delivery is read: no secret is among it. */
export type DeliveryRules = {
  readonly provider: Pick<Provider, "name" | "eventType" | "dedupe" | "batch">;
  readonly settings: Pick<EndpointSettings, "eventType" | "dedupe" | "split" | "form">;
};

/** Everything the door reads of a body once its sender is verified. */
export type DeliveryReading = {
  readonly eventType: string | null;
  readonly form: ReturnType<typeof checkForm> | null;
  readonly split: SplitOutcome;
  readonly key: DeliveryKey;
};

/**
 * Reads a delivery of any size as the door reads a small one, by the same functions: only the places they look at are
 * made values. Takes about 5 ms a MB, so it belongs in a sandbox child.
 */
export function readLargeDelivery(
  rules: DeliveryRules,
  request: WebhookRequest,
  eventId: string,
  receivedAt: Date,
): DeliveryReading {
  const { provider, settings } = rules;
  const outline = outlineBody(headerValue(request.headers, "content-type"), request.body, placesOf(rules));
  rememberParsed(request.body, outline.parsed);
  const items = placesOfItems(rules);
  const split = splitOf(settings, provider, request, (spec) => splitLargeBatch(spec, request, outline, items));
  return {
    eventType: nameEvent(provider, request, settings.eventType),
    form: isFormChecked(settings) ? checkForm(settings, request) : null,
    split,
    key: deliveryKey(rules, request, eventId, receivedAt, split.kind === "items"),
  };
}

/** Whether anything of a body is looked at under these rules; where not, its size does not matter. */
export function readsBody(rules: DeliveryRules): boolean {
  return wantsAnything(placesOf(rules));
}

/** The request with only what these rules look at beside the body, so that no credential goes along with it. */
export function withoutTheRest(rules: DeliveryRules, { method, url, headers, body }: WebhookRequest): WebhookRequest {
  const { eventType, id } = listSpecOf(rules.settings, rules.provider) ?? { eventType: [], id: [] };
  const sources = flatten([...sourcesOf(rules), ...chosenFields(rules), ...eventType, ...id]);
  const named = new Set([
    "content-type",
    ...sources.flatMap((source) => (source.from === "header" ? [source.name.toLowerCase()] : [])),
  ]);
  const query = sources.some(({ from }) => from === "query") ? url.indexOf("?") : -1;
  return {
    method,
    url: query < 0 ? "/" : `/${url.slice(query)}`,
    headers: headers.filter(([name]) => named.has(name.toLowerCase())),
    body,
  };
}

function placesOf(rules: DeliveryRules): WantedPlaces {
  const { form } = rules.settings;
  const wanted = wantSources(wantNothing(), sourcesOf(rules));
  wantWhole(wanted, [...chosenFields(rules), ...fallbackFields(rules)]);
  const list = listSpecOf(rules.settings, rules.provider);
  if (list !== null) wantPath(wanted, list.path).ranges = true;
  if (!isFormChecked(rules.settings)) return wanted;
  wantMember(wanted, OPEN_TIME_FIELD).scalar = true;
  if (form.honeypot !== null) wantMember(wanted, form.honeypot).scalar = true;
  return wanted;
}

function placesOfItems(rules: DeliveryRules): WantedPlaces {
  const list = listSpecOf(rules.settings, rules.provider);
  const wanted = wantSources(wantNothing(), list === null ? [] : [...list.eventType, ...list.id]);
  return wantWhole(wanted, chosenFields(rules));
}

/** Where the names and keys of a request stand. */
function sourcesOf({ settings, provider }: DeliveryRules): readonly ValueSource[] {
  const { eventType, dedupe } = settings;
  return [
    ...(eventType === null ? provider.eventType : [eventType]),
    ...(dedupe.kind === "source" ? [dedupe.source] : []),
    ...(dedupe.kind === "preset" || dedupe.kind === "source" ? provider.dedupe.sources : []),
    ...fallbackFields({ settings, provider }),
  ];
}

/** What stands in for an id; lists and objects among it count with all that is in them. */
function fallbackFields({ settings: { dedupe }, provider }: DeliveryRules): readonly ValueSource[] {
  return dedupe.kind === "preset" || dedupe.kind === "source" ? (provider.dedupe.fallback?.fields ?? []) : [];
}

/** Fields that count with all that is in them. */
function chosenFields({ settings: { dedupe } }: DeliveryRules): readonly ChosenField[] {
  return dedupe.kind === "fields" ? dedupe.fields : [];
}

function wantWhole(wanted: WantedPlaces, fields: readonly ValueSource[]): WantedPlaces {
  for (const field of fields) if (field.from === "body") wantPath(wanted, field.path).whole = true;
  return wanted;
}

function flatten(sources: readonly ValueSource[]): ValueSource[] {
  return sources.flatMap((source) =>
    source.from === "join" || source.from === "each" ? [source, ...flatten(source.parts)] : [source],
  );
}
