import { z } from "zod";
import { secretInputSchema } from "#lib/commands/endpoints/add-endpoint-secret.ts";
import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { refuseBadSchema } from "#lib/commands/endpoints/refuse-bad-schema.ts";
import { checkProvider } from "#lib/commands/endpoints/update-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import {
  endpointSettingsPatchSchema,
  endpointSettingsSchema,
  parseStoredSettings,
} from "#lib/core/endpoint-settings.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { secretNumber } from "#lib/core/secret-number.ts";
import { SECOND } from "#lib/core/units.ts";
import { listListeningFlows } from "#lib/db/flow-triggers.ts";
import { findReceiverRow } from "#lib/db/receiver-rows.ts";
import { listStoredHeads, type StoredHead } from "#lib/db/stored-requests.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { readChecks, readUsedSecret, wasAcceptedByHand } from "#lib/door/stored-checks.ts";
import { TokenBuckets } from "#lib/door/token-bucket.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { toReceiver } from "#lib/reception/load-receiver.ts";
import { compareVerdicts } from "#lib/rehearsal/compare-verdicts.ts";
import { findLostPaths } from "#lib/rehearsal/find-lost-paths.ts";
import { judgeAllStored, type Side } from "#lib/rehearsal/judge-all-stored.ts";
import type { SettingsProof } from "#lib/views/settings-proof.ts";

const REQUESTS_MAX = 1_000;
const BUDGET_MS = 4 * SECOND;

/** Rehearsals one process does at once; more wait, which is part of their time. */
const AT_ONCE_MAX = 2;

/** What can be tried: a change as it would be saved, a secret that is not saved, or one that would be retired. */
export const rehearsalSchema = z.strictObject({
  name: z.string().optional(),
  revision: z.number().optional(),
  provider: z.string().max(60).optional(),
  settings: endpointSettingsPatchSchema.default({}),
  /** A secret that is pasted but not saved. With one, verification counts as required, as adding it makes it. */
  secret: secretInputSchema.optional(),
  /** A secret that is about to be retired. */
  retire: z.string().max(64).optional(),
});

/** How long a rehearsal may take; what there is no time for is not counted. */
export type RehearsalOptions = { budgetMs?: number };

/**
 * Tries changed settings, provider or secrets on the newest 1,000 stored requests of an endpoint, accepted and refused
 * ones, in the door's own order; changes nothing and performs nothing. The newest are judged first, until the time is
 * up.
 */
export async function rehearseSettings(
  actor: Actor,
  endpointId: string,
  input: unknown,
  { budgetMs = BUDGET_MS }: RehearsalOptions = {},
): Promise<SettingsProof> {
  authorize(actor, "endpoint.edit");
  const wanted = parseInput(rehearsalSchema, input);
  await refuseBadSchema(wanted.settings.schema);
  const untilMs = performance.now() + budgetMs;
  const endpoint = await getLiveEndpoint(actor, endpointId);
  const row = await findReceiverRow(endpoint.token);
  if (row === null) throw new NotFoundError("endpoint");
  const present = toReceiver(row);
  const changed = changeReceiver(present, toReceiver({ ...row, ...changedRow(row, wanted) }), wanted);
  if (changed.provider.id !== present.provider.id || wanted.settings.scheme !== undefined)
    checkProvider(changed.provider.id, changed.settings);

  const heads = (await listStoredHeads(actor.workspaceId, endpointId, REQUESTS_MAX)).filter(isOwnRequest);
  const [{ compared, secret }, flows] = await Promise.all([
    turn(() => judgeAllStored(actor.workspaceId, heads, sidesOf(present, changed, endpoint.token), untilMs)),
    listListeningFlows(actor.workspaceId, endpointId),
  ]);
  return {
    stored: heads.length,
    checked: compared.length,
    ...compareVerdicts(compared, flows),
    lostPaths: findLostPaths(
      { present: present.settings, changed: changed.settings },
      compared.map((one) => one.changed),
    ),
    secret,
  };
}

type Wanted = z.infer<typeof rehearsalSchema>;

function changedRow(
  row: { provider: string; settings: string },
  { provider = row.provider, settings, secret }: Wanted,
) {
  const merged = {
    ...parseStoredSettings(row.settings),
    ...(provider === row.provider ? {} : { scheme: null }),
    ...settings,
    ...(secret === undefined ? {} : { verification: "required" }),
  };
  return { provider, settings: JSON.stringify(endpointSettingsSchema.parse(merged)) };
}

function changeReceiver(present: Receiver, changed: Receiver, { secret, retire }: Wanted): Receiver {
  if (retire !== undefined && !present.secrets.some(({ id }) => id === retire)) throw new NotFoundError("secret");
  const kept = present.secrets.filter(({ id }) => id !== retire);
  const added = secret === undefined ? [] : [{ id: NEW_SECRET, label: "", endsIn: "", text: secret }];
  return { ...changed, secrets: [...added, ...kept] };
}

const NEW_SECRET = "new";

/** A refused request that a person accepted is there twice; it arrived once. */
function isOwnRequest(stored: StoredHead): boolean {
  return stored.kind === "request" || stored.checks === null || !wasAcceptedByHand(readChecks(stored.checks));
}

function sidesOf(
  present: Receiver,
  changed: Receiver,
  token: string,
): { present: Side; changed: Side; alone: Side | null; sameDeep: boolean } {
  const side = (receiver: Receiver, trusts: Side["trusts"]): Side => ({
    receiver,
    token,
    buckets: new TokenBuckets(),
    trusts,
  });
  const added = changed.secrets.filter(({ id }) => id === NEW_SECRET);
  return {
    present: side(present, wasTaken),
    changed: side(changed, (stored) => stillVerifies(stored, present, changed)),
    alone: added.length === 0 ? null : side({ ...changed, secrets: added }, () => false),
    sameDeep: deepSettings(present) === deepSettings(changed),
  };
}

/** Everything that is judged once the body is there; two endpoints alike in it give one verdict. */
function deepSettings({ provider, secrets, settings }: Receiver): string {
  const withoutHeadRules = { httpsRequired: null, allowedAddresses: null, ratePerSecond: null, bodyBytesMax: null };
  return JSON.stringify([provider.id, secrets.map(({ id }) => id), { ...settings, ...withoutHeadRules }]);
}

function wasTaken(stored: StoredHead): boolean {
  return stored.kind === "event" || stored.verdict === "duplicate";
}

/**
 * A request that was verified by a secret that stays, under rules that stay, stays verified though its credential is
 * not kept.
 */
function stillVerifies(stored: StoredHead, present: Receiver, changed: Receiver): boolean {
  const rules = ({ provider, settings }: Receiver) =>
    JSON.stringify([
      provider.id,
      settings.verification,
      settings.scheme,
      settings.options,
      settings.publicUrl,
      settings.toleranceSeconds,
    ]);
  if (!wasTaken(stored) || rules(present) !== rules(changed)) return false;
  const used = readUsedSecret(readChecks(stored.checks ?? "[]"));
  if (used === null) return present.settings.verification === "off";
  const possible = present.secrets.filter(({ id }) => secretNumber(id) === used.number);
  return possible.length > 0 && possible.every(({ id }) => changed.secrets.some((secret) => secret.id === id));
}

/** At most a few rehearsals at once, so that people who edit settings never slow the door down together. */
async function turn<Result>(work: () => Promise<Result>): Promise<Result> {
  const state = singleton("rehearsals", () => ({ running: 0, waiting: [] as Array<() => void> }));
  if (state.running >= AT_ONCE_MAX) await new Promise<void>((resolve) => state.waiting.push(resolve));
  else state.running += 1;
  try {
    return await work();
  } finally {
    const next = state.waiting.shift();
    if (next === undefined) state.running -= 1;
    else next();
  }
}
