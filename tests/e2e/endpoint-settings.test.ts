import { createHmac } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findAxeProblems, openPage } from "#tests/support/browser.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const [OLD, NEW] = ["an-old-secret-of-github-1111", "a-new-secret-of-github-2222"];
const site = useSignedInApp();

const makeEndpoint = (input: object = {}) => site.app.api<{ id: string; url: string }>("POST", "/endpoints", input);

async function send(url: string, body: object, secret?: string): Promise<{ status: number; text: string }> {
  const text = JSON.stringify(body);
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (secret !== undefined)
    headers["x-hub-signature-256"] = `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`;
  const response = await fetch(url, { method: "POST", body: text, headers });
  return { status: response.status, text: await response.text() };
}

async function openSettings(page: Page, id: string): Promise<void> {
  await page.goto(`/endpoints/${id}?tab=settings`);
  await page.getByRole("button", { name: "Save settings" }).waitFor();
}

test("fields ticked from what came are tried, then required; bodies without them are refused, saying why", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id, url } = await makeEndpoint();
  expect((await send(url, { order: { id: 1 }, note: "x" })).status).toBe(202);
  expect((await send(url, { order: {}, note: "y" })).status).toBe(202);
  await openSettings(page, id);
  await page.getByLabel("A body must hold").click();
  await page.getByRole("option", { name: "Required fields" }).click();
  await page.getByText("Read from the newest 2 bodies.").waitFor();
  await page.getByRole("checkbox", { name: "order.id" }).click();
  await page.getByRole("button", { name: "Try on the last 1,000 requests" }).click();
  await page.getByText("Would have refused 1 of 2:").waitFor();
  await page.getByText('"order.id" is missing. (1)').first().click();
  await page
    .getByRole("link", { name: /ago|just now/ })
    .first()
    .waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByRole("button", { name: "Refuse these from now on" }).click();
  await page.getByText("Takes effect at once.").waitFor();
  expect(await send(url, { order: {} })).toEqual({ status: 422, text: '"order.id" is missing.\n' });
  expect((await send(url, { order: { id: 2 } })).status).toBe(202);
  await page.reload();
  await page.getByRole("checkbox", { name: "order.id", checked: true }).waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test("a JSON Schema is inferred, checked before it is saved, and says what is wrong with it", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id, url } = await makeEndpoint();
  expect((await send(url, { total: 1.5 })).status).toBe(202);
  await openSettings(page, id);
  await page.getByLabel("A body must hold").click();
  await page.getByRole("option", { name: "What a JSON Schema says (advanced)" }).click();
  await page.getByLabel("JSON Schema", { exact: true }).fill('{"requierd":["total"]}');
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText('"requierd" is not a keyword of JSON Schema', { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Infer from stored requests" }).click();
  await page.getByText("Read from the newest body.").waitFor();
  expect(JSON.parse((await page.getByLabel("JSON Schema", { exact: true }).textContent()) ?? "")).toMatchObject({
    required: ["total"],
  });
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("Takes effect at once.").waitFor();
  expect((await send(url, { total: "1" })).text).toBe('"total" must be a number, not a text.\n');
  expect(complaints).toEqual([]);
  await page.close();
});

test("a pasted secret is tried on the stored requests before it counts, and a retired one too", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id, url } = await makeEndpoint({ provider: "github", secrets: [OLD] });
  for (let n = 0; n < 3; n++) expect((await send(url, { n }, OLD)).status).toBe(202);
  await openSettings(page, id);
  await page.getByText("3 verified since").waitFor();
  await page.getByLabel("Addresses that may send").fill("127.0.0.0/8");
  await page.getByLabel("New secret").fill(NEW);
  await page.getByRole("button", { name: "Add secret" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Verifies 0 of the last 3 signed requests: this is probably not the secret.").waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Add it anyway" }).click();
  await page.getByRole("row").filter({ hasText: "ends in …2222" }).waitFor();
  // What was typed and not saved is still there.
  expect(await page.getByLabel("Addresses that may send").inputValue()).toBe("127.0.0.0/8");
  await page.getByLabel("Retire older secrets after this many unused hours").fill("24");
  await page.getByRole("button", { name: "Save hours" }).click();
  await page.getByText("Stays until a newer secret verifies a request after this one's last use.").waitFor();
  expect((await send(url, { n: 4 }, NEW)).status).toBe(202);
  await expect
    .poll(
      async () => {
        await page.reload();
        // The time left is the browser's own: until the page has woken up, the moment itself stands there.
        return page
          .getByText(/Retires automatically in 2[34] h unless used/)
          .waitFor({ timeout: 5_000 })
          .then(
            () => "told",
            () => "not told",
          );
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe("told");
  const old = page.getByRole("row").filter({ hasText: "1111" });
  await old.getByRole("button", { name: "Retire" }).click();
  await dialog.getByText("Would have refused 3 of 4:").waitFor();
  await dialog.getByRole("button", { name: "Refuse these from now on" }).click();
  // By its text: rows have no role while a dialog is open above them.
  await page.getByText("ends in …1111", { exact: true }).waitFor({ state: "detached" });
  expect((await send(url, { n: 5 }, OLD)).status).toBe(401);
  await page.reload();
  await page.getByText("1 request was refused since the newest secret was added").waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});
