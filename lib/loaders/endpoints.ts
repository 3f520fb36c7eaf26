import { requireActor } from "#lib/auth/require-actor.ts";
import { parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import { isUuid } from "#lib/core/ids.ts";
import { may } from "#lib/core/roles.ts";
import { DAY, SECOND } from "#lib/core/units.ts";
import { countListeningFlows } from "#lib/db/arrivals.ts";
import { listEndpointSecrets } from "#lib/db/endpoint-secrets.ts";
import { type EndpointTraffic, listTraffic } from "#lib/db/endpoint-traffic.ts";
import { type Endpoint, findEndpoint, listDeletedEndpoints, listEndpoints } from "#lib/db/endpoints.ts";
import { listAnsweringFlows } from "#lib/db/event-answers.ts";
import { needsSecret } from "#lib/door/needs-secret.ts";
import { listPlainSamples } from "#lib/door/sample-deliveries.ts";
import { type Retirement, retirementOf } from "#lib/door/secret-retirement.ts";
import { describeReach } from "#lib/loaders/describe-reach.ts";
import { readPulse } from "#lib/loaders/endpoint-pulse.ts";
import { env } from "#lib/platform/env.ts";
import { publicUrl } from "#lib/platform/public-url.ts";
import type {
  EndpointHealth,
  EndpointListItem,
  EndpointView,
  ProviderChoice,
  SampleChoice,
  SecretView,
} from "#lib/views/endpoint-views.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { findProvider, getProvider, listProviders } from "#lib/webhooks/providers/registry.generated.ts";

/** Every endpoint of the workspace with its last 24 hours, and those deleted in the last 30 days. */
export async function loadEndpoints(now: Date): Promise<{
  endpoints: EndpointListItem[];
  deleted: Array<{ id: string; name: string; deletedAt: string }>;
  mayEdit: boolean;
}> {
  const actor = await requireActor();
  const [endpoints, deleted] = await Promise.all([
    listEndpoints(actor.workspaceId),
    listDeletedEndpoints(actor.workspaceId, new Date(now.getTime() - 30 * DAY)),
  ]);
  const traffic = await listTraffic(
    actor.workspaceId,
    endpoints.map(({ id }) => id),
    now,
  );
  return {
    endpoints: endpoints.map((endpoint) => toListItem(endpoint, traffic.get(endpoint.id))),
    deleted: deleted.map(({ id, name, deletedAt }) => ({ id, name, deletedAt: (deletedAt ?? now).toISOString() })),
    mayEdit: may(actor.role, "endpoint.edit"),
  };
}

/** One endpoint with its settings; null when the workspace has none with this id or it is deleted. */
export async function loadEndpoint(id: string): Promise<EndpointView | null> {
  const actor = await requireActor();
  const endpoint = isUuid(id) ? await findEndpoint(actor.workspaceId, id) : null;
  if (endpoint === null || endpoint.deletedAt !== null) return null;
  const provider = findProvider(endpoint.provider) ?? getProvider("none");
  const [secrets, listeningFlows, answeringFlows] = await Promise.all([
    listEndpointSecrets(actor.workspaceId, id),
    countListeningFlows(actor.workspaceId, id),
    listAnsweringFlows(actor.workspaceId, id),
  ]);
  const settings = parseStoredSettings(endpoint.settings);
  const active = secrets.filter((secret) => secret.retiredAt === null);
  const pulse = await readPulse(actor, endpoint, active);
  return {
    id,
    name: endpoint.name,
    url: urlOf(endpoint),
    revision: endpoint.revision,
    paused: endpoint.pausedAt !== null,
    provider: toChoice(provider),
    settings,
    secrets: active.map((secret) => ({
      ...secret,
      createdAt: secret.createdAt.toISOString(),
      lastVerifiedAt: secret.lastVerifiedAt?.toISOString() ?? null,
      retirement: toRetirementView(retirementOf(secret, active, settings.retireSecretsAfterHours)),
    })),
    verifiedSince: pulse.verifiedSince,
    parked: pulse.parked,
    reach: describeReach(
      publicUrl(),
      provider.id === "none" ? null : { name: provider.name, forwarder: provider.help.forwarder?.tool ?? null },
    ),
    bodyBytesLimit: env().bodyBytesMax,
    answerTimes: pulse.answerTimes,
    listeningFlows,
    answeringFlows,
    mayEdit: may(actor.role, "endpoint.edit"),
    mayAccept: may(actor.role, "request.accept"),
    mayRun: may(actor.role, "run.replay"),
    mayTest: may(actor.role, "sample.edit"),
  };
}

function toRetirementView(retirement: Retirement): SecretView["retirement"] {
  return retirement.kind === "due" ? { kind: "due", at: retirement.at.toISOString() } : retirement;
}

/** The senders a person can choose from, generic ones first, then by name. */
export function listProviderChoices(): ProviderChoice[] {
  const rank = (provider: Provider): number => (provider.id === "none" ? 0 : provider.category === "generic" ? 1 : 2);
  return [...listProviders()].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, "en")).map(toChoice);
}

/** The samples an endpoint offers: its own sender's first, then plain ones, then every other sender's. */
export function listSampleChoices(providerId: string): SampleChoice[] {
  const ofProvider = ({ id, name }: Pick<Provider, "id" | "name">): SampleChoice => ({
    id: `provider:${id}`,
    label: name,
  });
  const own = findProvider(providerId);
  const popular = ["stripe", "github", "shopify", "slack"].filter((id) => id !== providerId);
  return [
    ...(own === null || own.id === "none" ? [] : [ofProvider(own)]),
    ...popular.flatMap((id) => findProvider(id) ?? []).map(ofProvider),
    ...listPlainSamples(),
  ];
}

/** The public address of an endpoint. */
export function urlOf(endpoint: Pick<Endpoint, "token">): string {
  return `${publicUrl()}/in/${endpoint.token}`;
}

function toListItem(endpoint: Endpoint, traffic: EndpointTraffic | undefined): EndpointListItem {
  return {
    id: endpoint.id,
    name: endpoint.name,
    providerName: findProvider(endpoint.provider)?.name ?? endpoint.provider,
    url: urlOf(endpoint),
    health: healthOf(endpoint, traffic),
    accepted: traffic?.accepted ?? [],
    refused: traffic?.refused ?? [],
    lastAt: traffic?.last?.at.toISOString() ?? null,
    lastEventType: traffic?.last?.eventType ?? null,
  };
}

function healthOf(endpoint: Endpoint, traffic: EndpointTraffic | undefined): EndpointHealth {
  if (endpoint.pausedAt !== null) return { kind: "paused", sentence: "Paused: events are stored and run on resume." };
  if (traffic?.last == null) return { kind: "waiting", sentence: "Nothing has arrived yet." };
  const refused = traffic.refused.reduce((sum, count) => sum + count, 0);
  if (traffic.last.verdict === "refused")
    return { kind: "refusing", sentence: `The last request was refused; ${refused.toLocaleString("en")} in 24 h.` };
  const accepted = traffic.accepted.reduce((sum, count) => sum + count, 0);
  return {
    kind: "ok",
    sentence:
      `${accepted.toLocaleString("en")} events in 24 ` +
      `h${refused > 0 ? `, ${refused.toLocaleString("en")} requests refused` : ""}.`,
  };
}

function toChoice(provider: Provider): ProviderChoice {
  return {
    id: provider.id,
    name: provider.name,
    schemes: provider.schemes.map((scheme) => ({
      id: scheme.id,
      label: scheme.label,
      needsSecret: needsSecret(provider, scheme.id),
    })),
    optionFields: provider.optionFields.map((field) => ({
      id: field.id,
      label: field.label,
      help: field.help,
      kind: field.kind,
      choices: [...(field.choices ?? [])],
      defaultValue: field.defaultValue ?? "",
      required: field.required,
    })),
    secretWhere: provider.help.secretWhere,
    secretLooksLike: provider.help.secretLooksLike,
    pasteUrl: provider.help.pasteUrl,
    retries: provider.delivery.retries,
    batch:
      provider.batch === null
        ? null
        : { path: provider.batch.path, itemIs: provider.batch.itemIs, hasId: provider.batch.id.length > 0 },
    repeats: repeatsOf(provider),
    ackDeadlineSeconds: provider.delivery.ackDeadlineSeconds,
    addresses: provider.addresses === null ? null : { ...provider.addresses, ranges: [...provider.addresses.ranges] },
  };
}

function repeatsOf({ dedupe: { sources, fallback, advice } }: Pick<Provider, "dedupe">): ProviderChoice["repeats"] {
  const known = sources.length > 0 ? "id" : fallback === null ? "nothing" : "content";
  return {
    known,
    days: fallback === null ? 0 : fallback.windowSeconds / (DAY / SECOND),
    why: advice?.why ?? null,
    fields: [...(advice?.fields ?? [])],
  };
}
