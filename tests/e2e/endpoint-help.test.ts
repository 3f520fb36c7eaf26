import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import { findAxeProblems, openPage } from "#tests/support/browser.ts";
import { eventually } from "#tests/support/running-app.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const site = useSignedInApp();

const makeEndpoint = (provider: string, secrets: string[] = []) =>
  site.app.api<{ id: string; url: string }>("POST", "/endpoints", { name: `My ${provider}`, provider, secrets });
const steps = (page: Page) => page.getByRole("list", { name: "Steps" }).getByRole("listitem");

test("the card says where to paste, what to tick and how often it came, and which command forwards", async () => {
  const { page, complaints } = await openPage(site.context);
  const endpoint = await makeEndpoint("stripe");
  for (const [id, type] of ["invoice.paid", "invoice.paid", "radar.early_fraud_warning.created"].entries())
    expect(
      (await fetch(endpoint.url, { method: "POST", body: JSON.stringify({ id: `evt_${id}`, object: "event", type }) }))
        .status,
    ).toBe(202);
  await page.goto(`/endpoints/${endpoint.id}`);
  await page.getByRole("button", { name: "Show me how" }).click();
  await page.getByRole("heading", { name: "Set up Stripe" }).waitFor();
  await page.getByText("Help text: what the sender says about itself, not measured here.").waitFor();
  const worth = page.getByRole("list", { name: "Events worth ticking at Stripe" }).getByRole("listitem");
  await worth.filter({ hasText: "invoice.paid" }).getByText("seen 2 times").waitFor();
  await worth.filter({ hasText: "charge.refunded" }).getByText("not seen yet").waitFor();
  await page.getByRole("list", { name: "Other types seen" }).getByText("radar.early_fraud_warning.created").waitFor();
  const local = endpoint.url.replace("127.0.0.1", "localhost");
  await page
    .getByRole("region", { name: "Stripe CLI command" })
    .getByText(`stripe listen --forward-to ${local}`)
    .waitFor();
  await page
    .getByRole("region", { name: "ngrok command" })
    .getByText(`ngrok http ${new URL(site.app.url).port}`)
    .waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("the public address is recognised as this Hookline, and HOOKLINE_URL keeps the field", async () => {
  const { page, complaints } = await openPage(site.context);
  const endpoint = await makeEndpoint("github");
  await page.goto(`/endpoints/${endpoint.id}?tab=setup`);
  const field = page.getByRole("textbox", { name: "Public address" });
  await page.getByText("Set by HOOKLINE_URL when this instance was started").waitFor();
  expect([await field.isDisabled(), await field.inputValue()]).toEqual([true, site.app.url]);
  await page.getByRole("button", { name: `Test ${new URL(site.app.url).host}` }).click();
  await steps(page).filter({ hasText: "It is this Hookline: yes" }).waitFor();
  await steps(page).filter({ hasText: "It can be reached from outside: not known" }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("a test of the endpoint ends in a scorecard that leads to each request, marked as a test", async () => {
  const { page, complaints } = await openPage(site.context);
  const endpoint = await makeEndpoint("stripe", ["whsec_test"]);
  await page.goto(`/endpoints/${endpoint.id}`);
  await page.getByRole("button", { name: "Test endpoint" }).click();
  const dialog = page.getByRole("dialog", { name: "Test this endpoint" });
  await dialog.getByText("No live flow listens to this endpoint").waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await dialog.getByRole("textbox", { name: "Seed" }).fill("7");
  await dialog.getByRole("button", { name: "Start the test" }).click();
  await dialog.getByText("11 of 11 as expected (seed 7)").waitFor({ timeout: 30_000 });
  const card = dialog.getByRole("table", { name: "Scorecard" });
  await card
    .getByRole("row", { name: /The same delivery again/ })
    .getByText("Duplicate")
    .waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await card
    .getByRole("row", { name: /One byte changed after signing/ })
    .getByRole("link")
    .click();
  await page.getByRole("heading", { name: /^Refused: the signature does not match/ }).waitFor();
  await page.getByRole("article").getByTitle("Sent from this page, not by the sender").waitFor();
  await page.waitForURL(/\?request=[0-9a-f-]{36}$/);
  expect(await page.locator("html").innerHTML()).not.toContain("whsec_test");
  expect(complaints).toEqual([]);
  await page.close();
});

test("an address list is tried with one's own address before saving, and takes what the sender publishes", async () => {
  const { page, complaints } = await openPage(site.context);
  const endpoint = await makeEndpoint("linear", ["lin_wh_x"]);
  await page.goto(`/endpoints/${endpoint.id}?tab=settings`);
  const list = page.getByLabel("Addresses that may send");
  await page.getByRole("button", { name: "Add the addresses of Linear" }).click();
  const published = await eventually("the published list is filled in", async () => {
    const lines = (await list.inputValue()).split("\n");
    return lines.length > 1 && lines;
  });
  await page.getByRole("button", { name: "Try my address" }).click();
  await page.getByText("127.0.0.1: not on the list: it would be refused.").waitFor();
  await page.getByLabel("Try an address").fill(published[0]?.split("/")[0] ?? "");
  await page.getByRole("button", { name: "Try address" }).click();
  await page.getByText(`on the list by ${published[0]}: it may send`).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("one click lists a refused address; a signature for another address leads to the public address", async () => {
  const { page, complaints } = await openPage(site.context);
  const listed = await makeEndpoint("none");
  await site.app.api("PATCH", `/endpoints/${listed.id}`, { settings: { allowedAddresses: ["203.0.113.0/24"] } });
  const send = async () => (await fetch(listed.url, { method: "POST", body: "{}" })).status;
  expect(await send()).toBe(403);
  await page.goto(`/endpoints/${listed.id}`);
  await page.getByText("address not allowed").first().click();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Add 127.0.0.1" }).click();
  await page.getByText("127.0.0.1 is on the list now").waitFor();
  expect(await send()).toBe(202);

  const signed = await makeEndpoint("twilio", ["12345"]);
  const elsewhere = signed.url.replace("http:", "https:");
  const request = await signDelivery(
    getProvider("twilio"),
    sampleRequest(getProvider("twilio"), elsewhere),
    { secret: "12345" },
    { secrets: ["12345"], publicUrl: elsewhere, options: {} },
    new Date(),
  );
  if (request.kind === "cannot-sign") throw new Error(request.message);
  const headers = request.request.headers.map(([name, value]) => [name, value] as [string, string]);
  expect((await fetch(signed.url, { method: "POST", headers, body: Buffer.from(request.request.body) })).status).toBe(
    401,
  );
  await page.goto(`/endpoints/${signed.id}`);
  await page.getByText("signature mismatch").first().click();
  await page.getByRole("link", { name: "Change public address" }).click();
  await page.getByRole("textbox", { name: "Public address" }).waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});
