import { getLiveEndpoint } from "#lib/commands/get-live-endpoint.ts";
import { parseInput } from "#lib/commands/parse-input.ts";
import { updateEndpointSchema } from "#lib/commands/update-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { listRequests, type RequestRow } from "#lib/db/requests.ts";
import { env } from "#lib/platform/env.ts";
import { isInRanges, parseAddressRange } from "#lib/receive/client-address.ts";
import { type EndpointSettings, endpointSettingsSchema, parseStoredSettings } from "#lib/receive/endpoint-settings.ts";

const REQUESTS_MAX = 1_000;

/** What changed settings would have done to the endpoint's stored events: how many they would have refused, and why. */
export type SettingsRehearsal = { checked: number; refused: number; reasons: Array<{ reason: string; count: number }> };

/** Tries changed settings on the newest 1,000 stored events of an endpoint; changes nothing. */
export async function rehearseSettings(actor: Actor, endpointId: string, input: unknown): Promise<SettingsRehearsal> {
  authorize(actor, "endpoint.edit");
  const { settings: patch } = parseInput(updateEndpointSchema, input);
  const endpoint = await getLiveEndpoint(actor, endpointId);
  const settings = endpointSettingsSchema.parse({ ...parseStoredSettings(endpoint.settings), ...patch });
  const rows = await listRequests(actor.workspaceId, endpointId, { limit: REQUESTS_MAX, verdicts: ["accepted", "no flow", "parked"] });
  const counts = new Map<string, number>();
  for (const row of rows) {
    const reason = wouldRefuse(settings, row);
    if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
  return { checked: rows.length, refused: reasons.reduce((sum, { count }) => sum + count, 0), reasons: reasons.slice(0, 10) };
}

function wouldRefuse(settings: EndpointSettings, row: RequestRow): string | null {
  const methods: readonly string[] = settings.methods;
  if (!methods.includes(row.method)) return `${row.method} is not allowed`;
  const ranges = settings.allowedAddresses.map((text) => parseAddressRange(text)).filter((range) => range !== null);
  if (ranges.length > 0 && (row.clientIp === null || !isInRanges(row.clientIp, ranges)))
    return `${row.clientIp ?? "an unknown address"} is not on the list`;
  if (row.bodyBytes > Math.min(settings.bodyBytesMax ?? env().bodyBytesMax, env().bodyBytesMax)) return "larger than the limit";
  if (settings.verification === "required" && row.verification === "not verified") return "its signature did not match";
  return null;
}
