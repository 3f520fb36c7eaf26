import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { findAxeProblems, openPage } from "#tests/support/browser.ts";
import { type CallTarget, startCallTarget } from "#tests/support/call-target.ts";
import { action, type MadeEndpoint, makeEndpoint } from "#tests/support/flow.ts";
import { eventually } from "#tests/support/running-app.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const SHOTS = process.env["HOOKLINE_SHOTS"];
const site = useSignedInApp({ own: true });

async function send(endpoint: MadeEndpoint, n: number): Promise<string> {
  const answer = await fetch(endpoint.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ n }),
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { event: string }).event;
}

/** A flow that calls the target; published unless it is to stay a draft. */
async function makeFlow(name: string, endpointId: string, target: CallTarget, publish = true): Promise<string> {
  const body = { kind: "json", json: "{{ trigger.body }}" };
  const steps = [action("crm", "http.request", { method: "POST", url: `${target.url}/${name}`, body })];
  const definition = { schema: 1, trigger: { endpointId, eventTypes: [], filter: null }, runName: "", steps };
  const { id } = await site.app.api<{ id: string }>("POST", "/flows", { name, definition });
  if (publish) await site.app.api("POST", `/flows/${id}/publish`, { expectedVersion: 0 });
  return id;
}

/** Events of a flow's runs in the order the runs were made. */
async function eventsThatRan(flowId: string): Promise<string[]> {
  const { items } = await site.app.api<{ items: { eventId: string }[] }>("GET", `/runs?flowId=${flowId}&limit=100`);
  return items.map(({ eventId }) => eventId).reverse();
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const width of [1_440, 390])
    for (const scheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${SHOTS}/${name}-${width}-${scheme}.png` });
    }
  await page.setViewportSize({ width: 1_280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

test("a flow is turned off by keyboard, and turned on it runs the three events it missed, in order", async () => {
  const target = await startCallTarget(() => ({ status: 200, json: {} }));
  onTestFinished(() => target.stop());
  const endpoint = await makeEndpoint(site.app, "none");
  const flowId = await makeFlow("orders", endpoint.id, target);
  const { page, complaints } = await openPage(site.context);
  await page.goto("/flows");
  const flowSwitch = page.getByRole("switch", { name: /^orders is/ });
  await expect.poll(() => flowSwitch.getAttribute("aria-checked")).toBe("true");
  await flowSwitch.focus();
  await page.keyboard.press("Space");
  await page.getByText("Runs under way go on to their end.", { exact: false }).waitFor();
  await expect
    .poll(() => page.getByRole("switch", { name: "orders is Off" }).getAttribute("aria-checked"))
    .toBe("false");
  await page
    .getByRole("row", { name: /orders/ })
    .getByText("since", { exact: false })
    .waitFor();
  const missed = [await send(endpoint, 1), await send(endpoint, 2), await send(endpoint, 3)];
  await shoot(page, "list-off");

  await flowSwitch.focus();
  await page.keyboard.press("Space");
  const dialog = page.getByRole("dialog", { name: 'Turn "orders" on?' });
  await dialog.getByText(/^3 events came since/).waitFor();
  expect(await dialog.getByRole("radio", { name: "Run none of them" }).isChecked()).toBe(true);
  await dialog.getByRole("radio", { name: "Choose…" }).check();
  await dialog.getByRole("list", { name: "Missed events" }).getByRole("checkbox").first().click();
  await dialog.getByText("1 event → 1 run; it makes at most 1 call.").waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await shoot(page, "offer-chosen");
  await dialog.getByRole("radio", { name: "Run all 3, in the order they came" }).check();
  await dialog.getByText("3 events → up to 3 runs; each makes at most 1 call.").waitFor();
  await shoot(page, "offer-all");
  await dialog.getByRole("button", { name: "Turn on and run 3" }).click();
  await page.getByText("3 runs for missed events started.").waitFor();
  await page.getByRole("switch", { name: "orders is On" }).waitFor();
  await eventually("three calls", async () => target.calls.length === 3);
  expect(await eventsThatRan(flowId)).toEqual(missed);
  expect(complaints).toEqual([]);
});

test("the builder turns a flow off and on, keeps what is left, and publishing offers what came before", async () => {
  const target = await startCallTarget(() => ({ status: 200, json: {} }));
  onTestFinished(() => target.stop());
  const endpoint = await makeEndpoint(site.app, "none");
  const before = await send(endpoint, 0);
  const flowId = await makeFlow("invoices", endpoint.id, target, false);
  const { page, complaints } = await openPage(site.context);
  await page.goto(`/flows/${flowId}`);
  await page.getByRole("button", { name: /^Publish/ }).click();
  const publishing = page.getByRole("dialog", { name: "Publish v1?" });
  await publishing.getByRole("radio", { name: "Run it", exact: true }).check();
  await shoot(page, "publish-offer");
  await publishing.getByRole("button", { name: "Publish v1" }).click();
  await page.getByText("1 run for missed events started.").waitFor();
  expect(await eventsThatRan(flowId)).toEqual([before]);

  const flowSwitch = page.getByRole("switch", { name: /^invoices is/ });
  await flowSwitch.click();
  await page.getByRole("switch", { name: "invoices is Off" }).waitFor();
  await page.getByText("since", { exact: false }).first().waitFor();
  const [first, last] = [await send(endpoint, 1), await send(endpoint, 2)];
  await shoot(page, "builder-off");
  await flowSwitch.click();
  const dialog = page.getByRole("dialog", { name: 'Turn "invoices" on?' });
  await dialog.getByRole("radio", { name: "Run the last one" }).check();
  await dialog.getByRole("button", { name: "Turn on and run 1" }).click();
  await page.getByRole("switch", { name: "invoices is On" }).waitFor();
  await eventually("the last event's run", async () => (await eventsThatRan(flowId)).length === 2);
  await page.getByRole("button", { name: "More about this flow" }).click();
  await page.getByRole("menuitem", { name: "Missed events…" }).click();
  const left = page.getByRole("dialog", { name: "Events this flow missed" });
  await left.getByText(/^1 event came since/).waitFor();
  await left.getByRole("radio", { name: "Run it", exact: true }).check();
  await left.getByRole("button", { name: "Run 1" }).click();
  await eventually("every event's run", async () => (await eventsThatRan(flowId)).length === 3);
  expect(await eventsThatRan(flowId)).toEqual([before, last, first]);
  expect(complaints).toEqual([]);
});

test("an event of one endpoint runs through a flow of another, after showing what it would do", async () => {
  const target = await startCallTarget(() => ({ status: 200, json: {} }));
  onTestFinished(() => target.stop());
  const flowId = await makeFlow("shipping", (await makeEndpoint(site.app, "none")).id, target);
  const endpoint = await makeEndpoint(site.app, "none");
  const event = await send(endpoint, 7);
  const { page, complaints } = await openPage(site.context);
  await page.goto(`/endpoints/${endpoint.id}?request=${event}`);
  await page.getByRole("button", { name: "Run through a flow…" }).click();
  const dialog = page.getByRole("dialog", { name: "Run this through a flow" });
  await dialog.getByRole("combobox", { name: "Flow" }).click();
  await page.getByRole("option", { name: /^shipping/ }).click();
  await dialog.getByText("What v1 would do").waitFor();
  await dialog.getByText(`POST ${new URL(target.url).host}/shipping`).waitFor();
  expect(target.calls).toEqual([]);
  expect(await findAxeProblems(page)).toEqual([]);
  await shoot(page, "by-hand");
  await dialog.getByRole("button", { name: "Run it", exact: true }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
  await page.getByText("run by hand").waitFor();
  await eventually("the call", async () => target.calls.length === 1);
  expect(JSON.parse(target.calls[0]?.body.toString("utf8") ?? "")).toEqual({ n: 7 });
  expect(await eventsThatRan(flowId)).toEqual([event]);
  await shoot(page, "by-hand-run");
  expect(complaints).toEqual([]);
});
