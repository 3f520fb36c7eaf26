import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { signDelivery } from "#lib/webhooks/sign-delivery.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { batchOf } from "#tests/support/batches.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { senderSetup } from "#tests/support/provider-keys.ts";
import { listJobPayloads, makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const send = async ({ method, url, headers, body }: WebhookRequest) => {
  const answer = await fetch(`${door.url}${url}`, {
    method,
    headers: headers.map(([name, value]) => [name, value] as [string, string]),
    body: Buffer.from(body),
  });
  return { status: answer.status, text: await answer.text() };
};
const itemsOf = (endpointId: string) =>
  prisma().eventItem.findMany({ where: { endpointId }, orderBy: [{ eventId: "asc" }, { itemIndex: "asc" }] });
const runsOf = (endpointId: string) =>
  prisma().run.findMany({ where: { endpointId }, orderBy: [{ eventId: "asc" }, { itemIndex: "asc" }] });

const senders = listProviders().filter((provider) => provider.batch !== null);

describe.each(senders.map((provider) => [provider.id, provider] as const))("%s", (id, provider) => {
  it("runs once for each item of its signed batch, for none whose id comes again, regrouped or not", async () => {
    const { keys, settings } = senderSetup(provider, provider.schemes[0]);
    const known = new Set(provider.optionFields.map((field) => field.id));
    const options = Object.fromEntries(Object.entries(settings.options ?? {}).filter(([name]) => known.has(name)));
    const endpoint = await makeEndpoint(actor, {
      provider: id,
      secrets: settings.secrets.filter((secret) => secret !== ""),
      settings: { options, split: { kind: "preset" } },
    });
    await makeLiveFlow(actor, endpoint.id);
    const deliver = async (names: string[]) => {
      const signed = await signDelivery(
        provider,
        batchOf(provider, endpoint.path, names),
        keys,
        { ...settings, options, publicUrl: endpoint.url },
        new Date(),
      );
      if (signed.kind !== "signed") throw new Error(signed.message);
      return send(signed.request);
    };
    expect((await deliver(["a", "b", "c"])).status).toBeLessThan(300);
    expect(await prisma().event.findMany({ where: { endpointId: endpoint.id } })).toMatchObject([
      { verdict: "accepted", itemCount: 3 },
    ]);
    const items = await itemsOf(endpoint.id);
    expect(items.map((item) => [item.itemIndex, item.duplicate])).toEqual([
      [0, false],
      [1, false],
      [2, false],
    ]);
    for (const item of items) expect(item.eventType).not.toBeNull();
    const runs = await runsOf(endpoint.id);
    expect(runs.map((run) => [run.itemIndex, run.eventType])).toEqual(
      items.map((item) => [item.itemIndex, item.eventType]),
    );
    const jobs = (await listJobPayloads()).map((job) => job.runId);
    for (const run of runs) expect(jobs.filter((job) => job === run.id)).toHaveLength(1);

    expect((await deliver(["a", "b", "c"])).status).toBeLessThan(300);
    // Nothing tells a repeat of these items from a new one, unless the owner says what does; some are known as a whole.
    const hasIds = provider.batch?.id.length !== 0;
    const again = hasIds || provider.dedupe.fallback !== null ? 3 : 6;
    expect(await runsOf(endpoint.id)).toHaveLength(again);
    expect((await deliver(["d", "b", "a"])).status).toBeLessThan(300);
    expect((await runsOf(endpoint.id)).length).toBe(hasIds ? 4 : again + 3);
  });
});
