import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { findAxeProblems, openPage } from "#tests/support/browser.ts";
import { startCallTarget } from "#tests/support/call-target.ts";
import { action, endedRun, makeEndpoint, publishAgain, publishFlow } from "#tests/support/flow.ts";
import { startMailServer } from "#tests/support/mail-server.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const site = useSignedInApp({ own: true });

const sendEvent = async (url: string, body: object): Promise<string> => {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { event: string }).event;
};
const call = (url: string) =>
  action("crm", "http.request", {
    method: "POST",
    url: `${url}/orders`,
    body: { kind: "json", json: "{{ trigger.body }}" },
  });
const fillMailServer = async (page: Page, port: number) => {
  await page.getByLabel("Sender address").fill("hooks@acme.dev");
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("Port").fill(String(port));
  await page.getByLabel("Encryption").click();
  await page.getByRole("option", { name: /^None/ }).click();
  await page.getByLabel("User name").fill("ada");
};

test("a mail server is tested in plain words, saved, and its password never shown again", async () => {
  const mail = await startMailServer({ user: "ada", password: "corr3ct-horse-battery" });
  onTestFinished(() => mail.stop());
  const { page, complaints } = await openPage(site.context);
  await page.goto("/connections/new?kind=smtp");
  await fillMailServer(page, mail.port);
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("The server refused the name or password").first().waitFor();
  await page.getByLabel("Password", { exact: true }).fill("corr3ct-horse-battery");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("It works").waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Save connection" }).click();
  await page.waitForURL(/\/connections\/[0-9a-f-]{36}$/);
  await page.getByText("Ends in …tery", { exact: false }).first().waitFor();
  await page.reload();
  await page.getByText("Ends in …tery, never shown again. Leave empty to keep it.").waitFor();
  expect(await page.content()).not.toContain("corr3ct");
  expect(mail.mails).toEqual([]);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete connection" }).click();
  await page.waitForURL(/\/connections$/);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "SMTP mail server" }).waitFor();
  expect(complaints).toEqual([]);
});

test("a failed run is understood, resumed with the same key, and seen to succeed live", async () => {
  const target = await startCallTarget((_call, number) =>
    number === 1 ? { status: 422, json: { error: "email is required" } } : { status: 201, json: { id: "ord_1" } },
  );
  onTestFinished(() => target.stop());
  const endpoint = await makeEndpoint(site.app, "none");
  const flow = await publishFlow(site.app, endpoint.id, [call(target.url)]);
  const run = await endedRun(site.app, await sendEvent(endpoint.url, { id: 1, email: "ada@example.com" }), flow);
  const { page, complaints } = await openPage(site.context);
  await page.goto(`/runs?flow=${flow}`);
  await page.getByRole("link", { name: /·/ }).first().waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/runs/${run.id}`);
  await page.getByText(`"crm" failed`).waitFor();
  await page.getByText("email is required").first().waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Resume run" }).click();
  await page.getByText("Every step finished.").waitFor();
  expect(target.calls.length).toBe(2);
  expect(new Set(target.calls.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  expect(target.calls[0]?.body.equals(target.calls[1]?.body ?? Buffer.alloc(0))).toBe(true);

  await page.getByRole("button", { name: "Replay…" }).click();
  await page.getByText("Edit the body first").click();
  await page.getByRole("textbox", { name: "Body" }).fill('{"id":2,"email":"eve@example.com"}');
  await page.getByRole("button", { name: "Replay with this body" }).click();
  await page.waitForURL((url) => url.pathname.startsWith("/runs/") && !url.pathname.endsWith(run.id));
  await page.getByText("Every step finished.").waitFor();
  expect(JSON.parse(target.calls[2]?.body.toString() ?? "null")).toEqual({ id: 2, email: "eve@example.com" });
  expect(target.calls[2]?.headers["idempotency-key"]).not.toBe(target.calls[0]?.headers["idempotency-key"]);
  expect(complaints).toEqual([]);
});

test("a failed run goes on with the version that mends it, after saying what becomes of each step", async () => {
  const target = await startCallTarget(({ path }) =>
    path === "/broken" ? { status: 404, json: { error: "no such place" } } : { status: 201, json: { id: 1 } },
  );
  onTestFinished(() => target.stop());
  const endpoint = await makeEndpoint(site.app, "none");
  const at = (id: string, path: string) =>
    action(id, "http.request", { method: "POST", url: `${target.url}${path}`, body: { kind: "json", json: "{}" } });
  const flow = await publishFlow(site.app, endpoint.id, [at("crm", "/crm"), at("bill", "/broken")]);
  const run = await endedRun(site.app, await sendEvent(endpoint.url, { id: 1 }), flow);
  const { page, complaints } = await openPage(site.context);
  await page.goto(`/runs/${run.id}`);
  await page.getByRole("button", { name: "Resume run" }).waitFor();

  await publishAgain(site.app, flow, [at("crm", "/crm"), at("bill", "/mended"), at("thanks", "/thanks")]);
  await page.reload();
  await page.getByRole("button", { name: "Resume on v1" }).waitFor();
  await page.getByRole("button", { name: "Resume on v2…" }).click();
  const steps = page.getByRole("list", { name: "What becomes of each step" }).getByRole("listitem");
  await steps.first().waitFor();
  expect(await steps.allInnerTexts()).toEqual([
    expect.stringMatching(/^crm\s+Done: its answer stays/),
    expect.stringMatching(/^bill\s+Runs again as v2 says, with the same key\./),
    expect.stringMatching(/^thanks\s+New in v2: runs when the run gets there\./),
  ]);
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Resume on v2", exact: true }).click();
  await page.getByText("Every step finished.").waitFor();
  await page.getByText("began on v1, went on with v2", { exact: false }).waitFor();
  expect(target.calls.map(({ path }) => path)).toEqual(["/crm", "/broken", "/mended", "/thanks"]);
  const keys = target.calls.map(({ headers }) => headers["idempotency-key"]);
  expect(keys[2]).toBe(keys[1]);
  expect(complaints).toEqual([]);
});

test("a run that waits says until when, and goes on at once when somebody says so", async () => {
  const target = await startCallTarget();
  onTestFinished(() => target.stop());
  const endpoint = await makeEndpoint(site.app, "none");
  const flow = await publishFlow(site.app, endpoint.id, [
    { kind: "delay", id: "pause", name: "Pause", amount: "trigger.body.days", unit: "days" },
    call(target.url),
  ]);
  const event = await sendEvent(endpoint.url, { days: 2 });
  const { page, complaints } = await openPage(site.context);
  await page.goto(`/flows/${flow}?step=pause&event=${event}`);
  await page.getByText("waits 2 days").first().click();
  await page.getByText("How long").first().waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.goto(`/runs?flow=${flow}`);
  await page.getByText("Waiting").first().waitFor();
  await page.getByRole("link", { name: /·/ }).first().click();
  await page.getByText(`"Pause" waits`).waitFor();
  await page.getByText("It goes on at", { exact: false }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(target.calls).toEqual([]);
  await page.getByRole("button", { name: "Go on now" }).click();
  await page.getByText("Every step finished.").waitFor();
  expect(target.calls.length).toBe(1);
  expect(complaints).toEqual([]);
});

test("the brake stops everything but receiving, says what waits, and lets it go", async () => {
  const target = await startCallTarget();
  onTestFinished(() => target.stop());
  const endpoint = await makeEndpoint(site.app, "none");
  const flow = await publishFlow(site.app, endpoint.id, [call(target.url)]);
  const { page, complaints } = await openPage(site.context);
  await page.goto("/runs");
  await page.getByRole("button", { name: "Pull the brake…" }).click();
  await page.getByLabel("Why (optional)").fill("prices were wrong");
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Pull the brake", exact: true }).click();
  await page.getByText("The brake is on: no run waits yet").waitFor();
  await page.getByRole("link", { name: "Brake on" }).waitFor();

  const event = await sendEvent(endpoint.url, { id: 7 });
  await page.getByText("The brake is on: 1 run waits").waitFor();
  await page.getByText("prices were wrong", { exact: false }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(target.calls).toHaveLength(0);
  await page.getByRole("button", { name: "Let it go on" }).click();
  expect(await endedRun(site.app, event, flow)).toMatchObject({ status: "succeeded" });
  expect(target.calls).toHaveLength(1);
  await page.getByRole("button", { name: "Release all…" }).click();
  await page.getByRole("button", { name: "Release all", exact: true }).click();
  await page.getByRole("button", { name: "Pull the brake…" }).waitFor();
  expect(await page.getByRole("link", { name: "Brake on" }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("new runs wait behind a button while somebody reads the list", async () => {
  const target = await startCallTarget();
  onTestFinished(() => target.stop());
  const endpoint = await makeEndpoint(site.app, "none");
  const flow = await publishFlow(site.app, endpoint.id, [call(target.url)]);
  await endedRun(site.app, await sendEvent(endpoint.url, { id: 1 }), flow);
  const { page } = await openPage(site.context);
  await page.goto(`/runs?flow=${flow}`);
  const rows = page.locator("[data-run]");
  await page
    .getByRole("checkbox", { name: /^Select/ })
    .first()
    .click();
  await page.getByText("1 run selected").waitFor();
  await endedRun(site.app, await sendEvent(endpoint.url, { id: 2 }), flow);
  await page.getByRole("button", { name: "1 new" }).waitFor();
  expect(await rows.count()).toBe(1);
  await page.getByRole("button", { name: "1 new" }).click();
  await expect.poll(() => rows.count()).toBe(2);
});

test("mail without a mail server is kept, shown without running anything, and sent for real once", async () => {
  const mail = await startMailServer({ user: "ada", password: "corr3ct-horse-battery" });
  onTestFinished(() => mail.stop());
  const endpoint = await makeEndpoint(site.app, "none");
  const html =
    "<h1>Thank you</h1><p>{{ trigger.body.name }}</p>" +
    "<script>top.document.title='run'</script><img src=\"/api/v1/runs\">";
  const flow = await publishFlow(site.app, endpoint.id, [
    action("mail", "email.send", {
      to: "ada@example.com",
      subject: "Order {{ trigger.body.id }}",
      text: "Thank you",
      html,
    }),
  ]);
  await endedRun(site.app, await sendEvent(endpoint.url, { id: 7, name: "Ada <b>" }), flow);
  const { id: serverId } = await site.app.api<{ id: string }>("POST", "/connections", {
    name: "Second server",
    kind: "smtp",
    config: { host: "127.0.0.1", port: mail.port, security: "none", user: "ada", from: "hooks@acme.dev" },
    secrets: { password: "corr3ct-horse-battery" },
  });
  expect(serverId).toBeTruthy();
  const { page } = await openPage(site.context);
  await page.goto("/outbox");
  await page.getByRole("link", { name: "Order 7" }).click();
  const frame = page.frameLocator("iframe");
  await frame.getByRole("heading", { name: "Thank you" }).waitFor();
  await frame.getByText("Ada <b>").waitFor();
  expect(await page.title()).not.toBe("run");
  await page.getByRole("button", { name: "Send for real…" }).click();
  await page.getByLabel("Through").click();
  await page.getByRole("option", { name: "Second server" }).click();
  await page.getByRole("button", { name: "Send 1 mail" }).click();
  await page.getByText("Sent through Second server").first().waitFor();
  expect(mail.mails.length).toBe(1);
  expect(mail.mails[0]?.parsed.subject).toBe("Order 7");
  await page.getByRole("button", { name: "Send for real…" }).waitFor({ state: "detached" });
});
