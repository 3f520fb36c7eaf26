import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findAxeProblems, openPage } from "#tests/support/browser.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const site = useSignedInApp();

const makeEndpoint = (input: object = {}) => site.app.api<{ id: string; url: string }>("POST", "/endpoints", input);
const settingsOf = async (id: string) =>
  (await site.app.api<{ settings: Record<string, unknown> }>("GET", `/endpoints/${id}`)).settings;

async function send(url: string, body: object): Promise<Response> {
  return fetch(url, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
}

async function openSettings(page: Page, id: string): Promise<void> {
  await page.goto(`/endpoints/${id}?tab=settings`);
  await page.getByRole("button", { name: "Save settings" }).waitFor();
}

async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByLabel(field, { exact: true }).click();
  await page.getByRole("option", { name: option }).click();
}

test("fields ticked from what came tell repeats, tried on what is stored before they count", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id, url } = await makeEndpoint();
  for (const [at, note] of [
    [1, "a"],
    [1, "b"],
    [2, "c"],
  ])
    expect((await send(url, { order: { id: 7 }, at, note })).status).toBe(202);
  await openSettings(page, id);
  await choose(page, "Duplicates", "By several fields within a time");
  await page.getByRole("button", { name: "Pick from what came" }).click();
  await page.getByRole("checkbox", { name: "order.id" }).click();
  await page.getByRole("checkbox", { name: "at", exact: true }).click();
  expect(await page.getByLabel("Field 1: path, such as data.id").inputValue()).toBe("order.id");
  expect(await page.getByLabel("Field 2: path, such as data.id").inputValue()).toBe("at");
  expect(await page.getByLabel("Recognised for").inputValue()).toBe("7");
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Try on the last 1,000 requests" }).click();
  await page.getByText("Would have dropped as duplicates 1 of 3:").waitFor();
  await page
    .getByText(/the same field order\.id and field at as at/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByRole("button", { name: "Save and change these" }).click();
  await page.getByText("Takes effect at once.").waitFor();
  expect((await settingsOf(id))["dedupe"]).toEqual({
    kind: "fields",
    fields: [
      { from: "body", path: "order.id" },
      { from: "body", path: "at" },
    ],
    windowSeconds: 604_800,
  });
  const statuses = [];
  for (const at of [3, 3, 4]) statuses.push((await send(url, { order: { id: 7 }, at, note: Math.random() })).status);
  expect(statuses).toEqual([202, 200, 202]);
  expect((await send(url, { other: 1 })).status).toBe(202);
  await page.goto(`/endpoints/${id}`);
  await page
    .getByRole("list", { name: "Requests, newest first" })
    .getByRole("listitem")
    .first()
    .getByRole("button")
    .click();
  await page.getByText("None of the fields chosen to know repeats by", { exact: false }).first().waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test("a field by hand is added, removed and refused in words, and the window has its unit", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id } = await makeEndpoint({ provider: "plaid" });
  await openSettings(page, id);
  await page.getByText("Every request runs, a repeat too").waitFor();
  await page.getByRole("button", { name: "Choose fields" }).click();
  expect(await page.getByLabel("Field 3: path, such as data.id").inputValue()).toBe("item_id");
  await page.getByRole("button", { name: "Add a field" }).click();
  await choose(page, "Where field 4 is", "a header");
  await page.getByLabel("Field 4: name").fill("not a name");
  await page.getByLabel("Recognised for").fill("31");
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("is not a header name").first().waitFor();
  await page.getByText("must be at most 30 days").first().waitFor();
  await page.getByRole("button", { name: "Remove field 4" }).click();
  await page.getByLabel("Recognised for").fill("36");
  await choose(page, "Unit", "hours");
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("Takes effect at once.").waitFor();
  expect((await settingsOf(id))["dedupe"]).toMatchObject({
    kind: "fields",
    windowSeconds: 129_600,
    fields: [{}, {}, { path: "item_id" }],
  });
  await page.reload();
  await page.getByLabel("Recognised for").waitFor();
  expect(await page.getByLabel("Recognised for").inputValue()).toBe("36");
  expect(complaints).toEqual([]);
  await page.close();
});

test("the fallback of a computed answer gets headers, and two secrets that end alike are told apart", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id, url } = await makeEndpoint();
  await openSettings(page, id);
  await choose(page, "Answer", "What a flow answers");
  await page.getByLabel("Fallback: status").fill("503");
  await page.getByLabel("Fallback: headers").fill("Retry-After: 30");
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("Takes effect at once.").waitFor();
  const answer = await send(url, {});
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"]);

  const signed = await makeEndpoint({
    provider: "github",
    secrets: ["the-first-of-two-abcd", "the-second-of-two-abcd"],
  });
  await openSettings(page, signed.id);
  const rows = page.getByRole("row").filter({ hasText: "ends in …abcd" });
  const numbers = (await rows.allInnerTexts()).map((text) => /No\. ([0-9a-f]{6})/.exec(text)?.[1]);
  expect(new Set(numbers).size).toBe(2);
  expect(complaints).toEqual([]);
  await page.close();
});
