import { createHmac } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findAxeProblems, openPage } from "#tests/support/browser.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const SECRET = "a-signing-secret-of-github";
const site = useSignedInApp();

const newEndpoint = async (page: Page): Promise<string> => {
  await page.goto("/endpoints");
  await page.getByRole("button", { name: "New endpoint" }).first().click();
  await page.waitForURL(/\/endpoints\/[0-9a-f-]{36}$/);
  return (await page.getByTestId("endpoint-url").textContent())?.trim() ?? "";
};
const send = async (url: string, body: string, headers: Record<string, string> = {}) =>
  (await fetch(url, { method: "POST", body, headers })).status;
const signed = (body: string, id: string) => ({
  "content-type": "application/json",
  "user-agent": "GitHub-Hookshot/044aadd",
  "x-github-event": "push",
  "x-github-delivery": id,
  "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
});
const rows = (page: Page) => page.getByRole("list", { name: "Requests, newest first" }).getByRole("listitem");

test("shows the first request within three seconds, of every kind of body, and nothing it holds runs", async () => {
  const { page, complaints } = await openPage(site.context);
  const hostile = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;
  const showsFirst = async (): Promise<{ url: string; ms: number }> => {
    const url = await newEndpoint(page);
    await page.getByText("Waiting for the first request").waitFor();
    expect(await findAxeProblems(page)).toEqual([]);
    const sentMs = performance.now();
    const body = JSON.stringify({ type: hostile, note: "\u202e" });
    expect(await send(url, body, { "content-type": "application/json" })).toBe(202);
    await page.getByRole("heading", { name: /^Accepted without a signature check, first delivery/ }).waitFor();
    return { url, ms: performance.now() - sentMs };
  };
  // Another file's tests run beside these: the quickest of three counts.
  let shown = await showsFirst();
  for (let tries = 1; tries < 3 && shown.ms >= 3_000; tries += 1) shown = await showsFirst();
  expect(shown.ms).toBeLessThan(3_000);
  const { url } = shown;
  for (const [type, body] of [
    ["application/x-www-form-urlencoded", "name=Ada&x=%3Cb%3E"],
    ["application/xml", "<a>1</a>"],
    ["application/octet-stream", "\u0001\u0002"],
    ["text/plain", ""],
  ] as const)
    expect(await send(url, body, { "content-type": type })).toBe(202);
  await page.getByRole("button", { name: "4 new" }).click();
  await expect.poll(() => rows(page).count()).toBe(5);
  for (let row = 0; row < 5; row += 1) {
    await rows(page).nth(row).getByRole("button").click();
    await page.getByRole("tab", { name: "Body" }).waitFor();
  }
  expect(await findAxeProblems(page)).toEqual([]);
  expect(await page.title()).not.toBe("run");
  expect(complaints).toEqual([]);
  await page.close();
});

test("the first request opens by itself, however soon it comes after the page", async () => {
  const { page, complaints } = await openPage(site.context);
  for (let round = 0; round < 3; round += 1) {
    const url = await newEndpoint(page);
    await page.getByText("Waiting for the first request").waitFor();
    expect(await send(url, '{"n":1}', { "content-type": "application/json" })).toBe(202);
    await page.getByRole("heading", { name: /^Accepted without a signature check, first delivery/ }).waitFor();
  }
  expect(complaints).toEqual([]);
  await page.close();
});

test("recognises the sender, takes its secret, checks the request again, and refuses a tampered copy", async () => {
  const { page, complaints } = await openPage(site.context);
  const url = await newEndpoint(page);
  const body = '{"ref":"refs/heads/main"}';
  expect(await send(url, body, signed(body, "d-1"))).toBe(202);
  await page.getByText("Looks like GitHub").waitFor();
  await page.getByRole("button", { name: "Verify signatures" }).click();
  await page.getByLabel("Signing secret").fill(SECRET);
  await page.getByRole("button", { name: "Save and check" }).click();
  await page.getByText("Checked again: the signature matches.").waitFor();
  expect(await send(url, body, signed(body, "d-2"))).toBe(202);
  expect(await send(url, body, signed(body, "d-2"))).toBe(200);
  expect(await send(url, '{"ref":"refs/heads/evil"}', signed(body, "d-3"))).toBe(401);
  await page.getByRole("button", { name: "3 new" }).click();
  await rows(page).filter({ hasText: "Refused" }).getByRole("button").click();
  await page.getByRole("heading", { name: /^Refused: / }).waitFor();
  await page.getByText("Signature matches", { exact: false }).first().waitFor();
  await rows(page).filter({ hasText: "Duplicate" }).getByRole("button").click();
  await page.getByRole("heading", { name: /^Delivered before: / }).waitFor();
  const first = page.getByRole("link", { name: "See the first delivery" });
  const href = await first.getAttribute("href");
  await first.click();
  await page.getByRole("heading", { name: /^Accepted and verified \(GitHub/ }).waitFor();
  // The page shows the request before the router has written its address.
  await page.waitForURL((address) => address.search === href);
  const opened = new URL(page.url()).searchParams.get("request");
  await page.reload();
  await page.getByRole("heading", { name: /^Accepted and verified \(GitHub/ }).waitFor();
  expect(new URL(page.url()).searchParams.get("request")).toBe(opened);
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("sends samples, tampered copies and duplicates through the real door by its buttons", async () => {
  const { page, complaints } = await openPage(site.context);
  await newEndpoint(page);
  const order = async (item: string | RegExp) => {
    await page.getByRole("button", { name: "Send a sample" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await page.getByRole("button", { name: "Send a Stripe sample" }).click();
  await page.getByText("Looks like Stripe").waitFor();
  await page.getByRole("button", { name: "Verify signatures" }).click();
  await page.getByLabel("Signing secret").fill("whsec_0123456789abcdef");
  await page.getByRole("button", { name: "Save and check" }).click();
  await page.getByText(/Checked again: /).waitFor();
  await order("Stripe");
  await page.getByText("The sample was accepted").first().waitFor();
  await order("Send a tampered copy");
  await page.getByText("The tampered copy was refused").waitFor();
  await order("Send a duplicate");
  await page.getByText("Sent twice: stored once, run once").waitFor();
  await page.getByRole("button", { name: "4 new" }).click();
  await expect
    .poll(async () => (await rows(page).allInnerTexts()).map((text) => text.split("\n")[0]).sort())
    .toEqual(["Duplicate", "No flow", "No flow", "No flow", "Refused"]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("says how many accepted events a setting would have refused before it refuses them", async () => {
  const { page, complaints } = await openPage(site.context);
  const url = await newEndpoint(page);
  expect(await send(url, "{}")).toBe(202);
  await page.evaluate(() => document.documentElement.setAttribute("data-same-page", "yes"));
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByLabel("Addresses that may send").fill("203.0.113.0/33");
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("is neither an IP address nor a CIDR range").first().waitFor();
  await page.getByLabel("Addresses that may send").fill("203.0.113.0/24");
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("Would have refused 1 of 1:").waitFor();
  await page.getByText(/127\.0\.0\.1 is not on the list \(1\)/).click();
  await page.getByRole("link", { name: /ago|just now/ }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Refuse these from now on" }).click();
  await page.getByText("Takes effect at once.").waitFor();
  expect(await send(url, "{}")).toBe(403);
  expect(await page.locator("html").getAttribute("data-same-page")).toBe("yes");
  expect(complaints).toEqual([]);
  await page.close();
});

test("deletes an endpoint after saying what happens, and takes it back", async () => {
  const { page, complaints } = await openPage(site.context);
  const url = await newEndpoint(page);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete endpoint" }).click();
  await page.getByRole("button", { name: "Delete endpoint" }).click();
  await page.waitForURL("**/endpoints");
  expect(await send(url, "{}")).toBe(404);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => send(url, "{}")).toBe(202);
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});
