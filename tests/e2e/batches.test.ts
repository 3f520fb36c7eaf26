import { mkdirSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { signDelivery } from "#lib/webhooks/sign-delivery.ts";
import { batchOf } from "#tests/support/batches.ts";
import { findAxeProblems, openBrowser, openPage } from "#tests/support/browser.ts";
import { action, type MadeEndpoint, publishFlow } from "#tests/support/flow.ts";
import { useJobSite } from "#tests/support/job-site.ts";
import { senderSetup } from "#tests/support/provider-keys.ts";
import { eventually } from "#tests/support/running-app.ts";
import { signIn } from "#tests/support/sign-in.ts";

const SHOTS = process.env["HOOKLINE_SHOTS"];
const site = useJobSite();
const provider = getProvider("sendgrid");
const { keys, settings } = senderSetup(provider, provider.schemes[0]);
const names = Array.from({ length: 12 }, (_, n) => `mail-${n + 1}`);
let browser: Browser;
let context: BrowserContext;
let endpoint: MadeEndpoint;

beforeAll(async () => {
  browser = await openBrowser();
  context = await browser.newContext({ baseURL: site.app.url });
  const { page } = await openPage(context);
  await signIn(page);
  await page.close();
  endpoint = await site.app.api<MadeEndpoint>("POST", "/endpoints", {
    provider: "sendgrid",
    name: "Mail events",
    secrets: settings.secrets,
  });
});
afterAll(() => browser?.close());

async function deliver(items: readonly string[]): Promise<string> {
  const signed = await signDelivery(
    provider,
    batchOf(provider, new URL(endpoint.url).pathname, items),
    keys,
    settings,
    new Date(),
  );
  if (signed.kind !== "signed") throw new Error(signed.message);
  const { headers, body } = signed.request;
  const answer = await fetch(endpoint.url, {
    method: "POST",
    headers: headers.map(([name, value]) => [name, value] as [string, string]),
    body: Buffer.from(body),
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { event: string }).event;
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const [width, height] of [
    [1_280, 900],
    [390, 844],
  ] as const)
    for (const scheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${SHOTS}/${name}-${width}-${scheme}.png`, fullPage: true });
    }
  await page.setViewportSize({ width: 1_280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

test("a person switches splitting on, and a signed batch of 12 makes 12 runs with one call each, once", async () => {
  const { page, complaints } = await openPage(context);
  await page.goto(`/endpoints/${endpoint.id}?tab=settings`);
  const field = page.getByRole("combobox", { name: "A request with several events" });
  await field.click();
  await page.getByRole("option", { name: "Runs once for each e-mail event in it" }).click();
  await page.getByText("Flows see one e-mail event as the body.").waitFor();
  await shoot(page, "settings");
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("Saved").first().waitFor();

  const flowId = await publishFlow(site.app, endpoint.id, [
    action("post", "http.request", {
      method: "POST",
      url: `${site.target.url}/items`,
      body: {
        kind: "json",
        json:
          '{"id": {{ trigger.deliveryId }}, "kind": {{ trigger.body.event }}, ' +
          '"place": {{ trigger.item.index }}, "of": {{ trigger.item.count }}}',
      },
    }),
  ]);
  const event = await deliver(names);
  const calls = () =>
    site.target.calls
      .filter((call) => call.path === "/items")
      .map((call) => JSON.parse(call.body.toString("utf8")) as { id: string; place: number });
  await eventually("12 calls arrived", async () => (calls().length >= 12 ? true : null));
  expect(calls().toSorted((a, b) => a.place - b.place)).toEqual(
    names.map((name, place) => ({ id: `mail-${name}`, kind: "delivered", place, of: 12 })),
  );

  const again = await deliver(["mail-3", "mail-13", "mail-1"]);
  await eventually("the new item's call arrived", async () => (calls().length >= 13 ? true : null));
  const { items } = await site.app.api<{ items: { status: string }[] }>("GET", `/runs?flowId=${flowId}&limit=100`);
  expect(items).toHaveLength(13);
  expect(await site.app.api("GET", `/events/${again}`)).toMatchObject({ items: { count: 3, seenBefore: 2 } });

  await page.goto(`/endpoints/${endpoint.id}?request=${again}`);
  await page.getByRole("heading", { name: "3 items: 1 new, 2 seen before" }).waitFor();
  await shoot(page, "again");
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("link", { name: "See when" }).first().click();
  await page.getByRole("heading", { name: "12 items", exact: true }).waitFor();
  await shoot(page, "items");
  const section = page.getByRole("region", { name: "Items" });
  await expect.poll(() => section.getByRole("listitem").count()).toBe(12);
  await section.getByRole("listitem").nth(2).getByRole("link", { name: "Test flow" }).click();
  await page.getByText("item 3 of 12").waitFor();
  await shoot(page, "run");
  await page.getByRole("button", { name: "Replay…" }).click();
  await page.getByRole("dialog").waitFor();
  await page.getByRole("checkbox", { name: "Edit the body first" }).click();
  const body = page.getByRole("textbox", { name: "Body" });
  expect(JSON.parse(await body.inputValue())).toMatchObject({ sg_event_id: "mail-mail-3", event: "delivered" });
  await shoot(page, "replay");
  await body.fill('{"event":"edited"}');
  await page.getByRole("button", { name: "Replay with this body" }).click();
  await eventually("the replay's call arrived", async () => (calls().length >= 14 ? true : null));
  expect(calls().at(-1)).toEqual({ id: "mail-mail-3", kind: "edited", place: 2, of: 12 });
  await page.goto(`/endpoints/${endpoint.id}?request=${event}`);
  await section.getByText("replay", { exact: true }).waitFor();
  await section.getByRole("listitem").nth(2).getByRole("link", { name: "Test flow" }).first().click();
  await page.getByText("item 3 of 12").waitFor();
  await page.getByRole("link", { name: "delivered" }).click();
  await page.waitForURL((url) => url.searchParams.get("request") === event);
  expect(complaints).toEqual([]);
});
