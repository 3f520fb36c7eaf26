import type { Browser, Page } from "playwright-core";
import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findAxeProblems, openBrowser, openPage } from "#tests/support/browser.ts";
import { type CallTarget, startCallTarget } from "#tests/support/call-target.ts";
import { eventually, type RunningApp, startApp } from "#tests/support/running-app.ts";

const ACCOUNT = { email: "ada@example.com", password: "a sentence is easy" };
const SECRET = "whsec_4f1d8a7c2b9e";
const stripe = new Stripe("sk_test_unused");

let app: RunningApp;
let browser: Browser;
let target: CallTarget;
let page: Page;
let complaints: string[];
let endpointUrl = "";

beforeAll(async () => {
  target = await startCallTarget(() => ({ status: 201, json: { id: "ord_1" } }));
  [app, browser] = await Promise.all([startApp({ owner: false }), openBrowser()]);
  const context = await browser.newContext({ baseURL: app.url, viewport: { width: 1440, height: 900 } });
  ({ page, complaints } = await openPage(context));
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
  await target?.stop();
});

const eventBody = (id: string) =>
  JSON.stringify({
    id,
    object: "event",
    api_version: "2024-06-20",
    created: 1_700_000_000,
    type: "payment_intent.succeeded",
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    data: {
      object: {
        id: "pi_1",
        object: "payment_intent",
        amount: 4200,
        currency: "eur",
        receipt_email: "grace@example.com",
        description: null,
        lines: [
          { sku: "A1", price: 10 },
          { sku: "B2", price: 32 },
        ],
      },
    },
  });

async function send(id: string): Promise<number> {
  const body = eventBody(id);
  const signature = stripe.webhooks.generateTestHeaderString({ payload: body, secret: SECRET });
  return (
    await fetch(endpointUrl, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": signature },
      body,
    })
  ).status;
}

/** Adds a step at the end of the flow by what it does. */
async function addStep(search: string, title: RegExp): Promise<void> {
  await page
    .getByRole("button", { name: /^Add a step here/ })
    .last()
    .click();
  await page.getByRole("dialog", { name: "Add a step" }).waitFor();
  await page.keyboard.type(search);
  await page.getByRole("option", { name: title }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Add a step" }).waitFor({ state: "detached" });
}

/** Puts the cursor at the end of a field and clicks a value of the data panel. */
async function mapInto(field: string, value: RegExp): Promise<void> {
  await page.getByRole("textbox", { name: field, exact: true }).click();
  await page.keyboard.press("End");
  await page
    .getByRole("tree", { name: "Data of the sample and earlier steps" })
    .getByRole("treeitem", { name: value })
    .first()
    .click();
}

describe("the whole job, by mouse and keyboard in a real browser", () => {
  it("sets up, and has a working address", async () => {
    await page.goto("/");
    await page.getByLabel("E-mail").fill(ACCOUNT.email);
    await page.getByLabel("Password").fill(ACCOUNT.password);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/endpoints\/[0-9a-f-]{36}/);
    endpointUrl =
      (await page
        .getByText(/^http:\/\/127\.0\.0\.1:\d+\/in\/[\w-]+$/)
        .first()
        .textContent()) ?? "";
    expect(await findAxeProblems(page)).toEqual([]);
  });

  it("shows a first event by itself, recognises the sender, and checks it again with the pasted secret", async () => {
    expect(await send("evt_first")).toBe(202);
    await page.getByText("payment_intent.succeeded").first().waitFor();
    await page.getByRole("button", { name: "Verify signatures" }).click();
    await page.getByLabel("Signing secret").fill(SECRET);
    await page.keyboard.press("Enter");
    await page.getByText("The stored request matches.").first().waitFor();
    await page.waitForURL(/\?request=/);
  });

  it("starts a flow from that event", async () => {
    await page.getByRole("link", { name: "Flows", exact: true }).click();
    await page.getByRole("button", { name: "Start from your last event" }).click();
    await page.waitForURL(/\/flows\/[0-9a-f-]{36}/);
    await page.getByRole("button", { name: /trigger, payment_intent\.succeeded/ }).waitFor();
    expect(await findAxeProblems(page)).toEqual([]);
  });

  it("computes a value by clicking data", async () => {
    await addStep("calculate", /Transform data/);
    await mapInto("Value", /^amount/);
    await page.keyboard.type(" / 100");
    await page.getByText("number", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: /Transform data, 42/ }).waitFor();
  });

  it("calls a URL with mapped parts and shows the call before it is made", async () => {
    await addStep("curl", /HTTP request/);
    await page.getByRole("textbox", { name: "URL", exact: true }).click();
    await page.keyboard.type(`${target.url}/orders/`);
    await mapInto("URL", /^id "evt_first"/);
    await page.getByRole("tab", { name: "Preview" }).click();
    await page.getByText(`${target.url}/orders/evt_first`).first().waitFor();
    expect(await findAxeProblems(page)).toEqual([]);
  });

  it("writes a mail out of the event and the earlier step", async () => {
    await addStep("mail", /Send an e-mail/);
    await mapInto("To", /^receipt_email/);
    await page.getByRole("textbox", { name: "Subject", exact: true }).click();
    await page.keyboard.type("Thank you for ");
    await mapInto("Subject", /^Transform data 42/);
    await page.keyboard.type(" EUR");
    await page.getByRole("textbox", { name: "Text", exact: true }).click();
    await page.keyboard.type("It arrived.");
    await page.getByText("Thank you for 42 EUR").first().waitFor();
    await page.getByRole("button", { name: /Mail grace@example\.com/ }).waitFor();
    expect(await findAxeProblems(page)).toEqual([]);
  });

  it("asks how to insert a value that lies in a list, and takes it back with undo", async () => {
    await page.getByRole("searchbox", { name: "Search data" }).fill("price");
    await page.getByRole("textbox", { name: "Text", exact: true }).click();
    await page.keyboard.press("Control+End");
    await page
      .getByRole("treeitem", { name: /^price 10/ })
      .first()
      .click();
    await page.getByRole("button", { name: /All as a list/ }).click();
    await page.getByText("[10,32]").first().waitFor();
    await page.keyboard.press("Control+z");
    await page.getByText("[10,32]").first().waitFor({ state: "detached" });
    await page.getByRole("searchbox", { name: "Search data" }).fill("");
  });

  it("publishes after a look at the checklist", async () => {
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByText("Every required field is filled in").waitFor();
    // Half-way through its fade a dialog has less contrast than it ends with.
    await expect.poll(() => findAxeProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Publish v1" }).click();
    await page.getByText("v1 is live").waitFor();
  });

  it("runs for the second event exactly as previewed, and the run tells so", async () => {
    expect(await send("evt_second")).toBe(202);
    const call = await eventually("the call arrives", async () =>
      target.calls.find((one) => one.path === "/orders/evt_second"),
    );
    expect(JSON.parse(call.body.toString("utf8"))).toMatchObject({ id: "evt_second" });
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page
      .getByRole("link", { name: /payment_intent\.succeeded/ })
      .first()
      .click();
    await page.waitForURL(/runs/);
    await page.getByText("Succeeded").first().waitFor();
    await page.getByRole("link", { name: "Outbox", exact: true }).click();
    await page.getByText("Thank you for 42 EUR").first().waitFor();
  });

  it("answers a tampered copy and a duplicate, and complains about nothing on the way", async () => {
    expect(await send("evt_second")).toBe(200);
    const forged = await fetch(endpointUrl, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "stripe-signature": stripe.webhooks.generateTestHeaderString({
          payload: eventBody("evt_third"),
          secret: SECRET,
        }),
      },
      body: eventBody("evt_forged"),
    });
    expect(forged.status).toBe(401);
    expect(complaints).toEqual([]);
  });
});
