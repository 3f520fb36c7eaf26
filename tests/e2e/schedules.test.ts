import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { findAxeProblems, openPage } from "#tests/support/browser.ts";
import { startCallTarget } from "#tests/support/call-target.ts";
import { action } from "#tests/support/flow.ts";
import { eventually } from "#tests/support/running-app.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const SHOTS = process.env["HOOKLINE_SHOTS"];
const site = useSignedInApp();

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const width of [390, 1_440])
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${SHOTS}/${name}-${width}-${colorScheme}.png` });
    }
  await page.emulateMedia({ colorScheme: "light" });
}

test("a variable is added and edited, and a misspelt one is told", async () => {
  const { page, complaints } = await openPage(site.context);
  onTestFinished(() => page.close());
  await page.goto("/settings/variables");
  await page.getByRole("button", { name: "Add a variable" }).click();
  await page.getByLabel("Name").fill("limit");
  await page.getByLabel("JSON: a number, a list, an object …").check();
  await page.getByRole("textbox", { name: "JSON" }).fill("{");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This is not JSON").waitFor();
  await page.getByRole("textbox", { name: "JSON" }).fill("250");
  await shoot(page, "variable-dialog");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "vars.limit", exact: true }).waitFor();
  await page.getByRole("button", { name: "Edit vars.limit" }).click();
  await page.getByRole("textbox", { name: "JSON" }).fill("300");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "300", exact: true }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await shoot(page, "variables");
  const steps = [action("sum", "transform", { value: "vars.limits + 1" })];
  const trigger = { kind: "none", endpointId: null, eventTypes: [], filter: null };
  const definition = { schema: 1, trigger, runName: "", steps };
  const { id } = await site.app.api<{ id: string }>("POST", "/flows", { name: "Sum", definition });
  const { problems } = await site.app.api<{ problems: { message: string }[] }>("GET", `/flows/${id}/problems`);
  expect(problems.map(({ message }) => message).join()).toContain("Did you mean vars.limit?");
  expect(complaints).toEqual([]);
});

test("a flow gets a schedule with its next times, is run by hand, and starts by itself when it is due", {
  timeout: 150_000,
}, async () => {
  const target = await startCallTarget(() => ({ status: 200, json: { ok: true } }));
  onTestFinished(() => target.stop());
  const json = "{{ trigger.body }}";
  const steps = [
    action("call", "http.request", { method: "POST", url: `${target.url}/tick`, body: { kind: "json", json } }),
  ];
  const trigger = { endpointId: null, eventTypes: [], filter: null };
  const everyMinute = { kind: "schedule", ...trigger, schedule: { cron: "* * * * *", zone: "UTC", missed: "none" } };
  const ticking = { schema: 1, trigger: everyMinute, runName: "", steps };
  const ticker = await site.app.api<{ id: string }>("POST", "/flows", { name: "Ticker", definition: ticking });
  await site.app.api("POST", `/flows/${ticker.id}/publish`, { expectedVersion: 0 });
  const definition = { schema: 1, trigger, runName: "", steps };
  const { id } = await site.app.api<{ id: string }>("POST", "/flows", { name: "Nightly", definition });
  const { page, complaints } = await openPage(site.context);
  onTestFinished(() => page.close());
  await page.setViewportSize({ width: 1_440, height: 900 });
  await page.goto(`/flows/${id}`);
  await page.locator('[data-card="trigger"]').first().click();
  await page.getByLabel("On a schedule").check();
  const next = page.getByRole("region", { name: "Next times" });
  await next.getByRole("listitem").nth(4).waitFor();
  await page.getByLabel("Time zone").fill("Mars/Olympus");
  await page.getByText("is not a time zone").first().waitFor();
  await page.getByLabel("Time zone").fill("Europe/Berlin");
  await page.getByLabel("Time", { exact: true }).fill("02:30");
  await next.getByText("02:30").first().waitFor();
  await shoot(page, "schedule");
  await page.setViewportSize({ width: 1_440, height: 900 });
  expect(await findAxeProblems(page)).toEqual([]);
  await eventually("the draft to be saved", async () => {
    const draft = await site.app.api<{ definition: FlowDefinition }>("GET", `/flows/${id}/draft`);
    const { schedule } = draft.definition.trigger;
    return schedule?.cron === "30 2 * * *" && schedule.zone === "Europe/Berlin";
  });
  await site.app.api("POST", `/flows/${id}/publish`, { expectedVersion: 0 });
  await page.reload();
  await page.locator('[data-card="trigger"]').first().click();
  await page.getByRole("button", { name: "Run now…" }).click();
  await page.getByRole("textbox", { name: "Body (JSON)" }).fill('{"n": 1.50}');
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("link", { name: "Open the run" }).click();
  await page.getByText("manual").first().waitFor();
  await eventually("the call", async () => target.calls.some(({ body }) => body.includes("1.50")));
  await shoot(page, "run-now-run");
  const tick = await eventually(
    "a run at a full minute",
    async () => target.calls.find(({ body }) => body.includes(ticker.id)),
    70_000,
  );
  const { scheduledFor, flow } = JSON.parse(tick.body.toString()) as { scheduledFor: string; flow: { name: string } };
  expect([flow.name, Date.parse(scheduledFor) % 60_000]).toEqual(["Ticker", 0]);
  expect(complaints).toEqual([]);
});
