import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { findAxeProblems, openBrowser, openPage } from "#tests/support/browser.ts";
import { type RunningApp, startApp } from "#tests/support/running-app.ts";
import { signIn } from "#tests/support/sign-in.ts";

const ACCOUNT = { email: "ada@example.com", password: "a sentence is easy" };
let app: RunningApp;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp({ owner: false }), openBrowser()]);
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
});

async function open(options: Parameters<Browser["newContext"]>[0] = {}) {
  const context = await browser.newContext({ baseURL: app.url, ...options });
  contexts.push(context);
  return { context, ...(await openPage(context)) };
}

async function signedIn() {
  const opened = await open();
  await signIn(opened.page, ACCOUNT);
  return opened;
}

test("leads the first visitor from any page through set-up to the first endpoint", async () => {
  const { page, complaints } = await open();
  await page.goto("/runs");
  await page.waitForURL("**/setup");
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByLabel("E-mail").fill("not an address");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create my account" }).click();
  await page.getByText("This is not an e-mail address.").waitFor();
  await page.getByText("A password has at least 12 characters.").waitFor();
  await page.getByLabel("E-mail").fill(ACCOUNT.email);
  await page.getByLabel("Password").fill(ACCOUNT.password);
  await page.getByRole("button", { name: "Create my account" }).click();
  await page.waitForURL(/\/endpoints\/[0-9a-f-]{36}$/);
  await page.goto("/setup");
  await page.waitForURL("**/endpoints");
  expect(complaints).toEqual([]);
});

test("refuses a wrong password in words, and returns to the page that was asked for", async () => {
  const { page, complaints } = await open();
  await page.goto("/settings/about?from=mail");
  await page.waitForURL("**/sign-in?callbackUrl=*");
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByLabel("E-mail").fill(ACCOUNT.email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("That e-mail and password do not match.").waitFor();
  await page.getByLabel("Password").fill(ACCOUNT.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/settings/about?from=mail");
  await page.getByRole("heading", { name: "About" }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])(
  "never leaves the site for %s",
  async (address) => {
    const { page } = await open();
    await page.goto(`/sign-in?callbackUrl=${encodeURIComponent(address)}`);
    await page.getByLabel("E-mail").fill(ACCOUNT.email);
    await page.getByLabel("Password").fill(ACCOUNT.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${app.url}/endpoints`);
  },
);

test("keeps the session from scripts, and ends it for good when signing out", async () => {
  const { page, context } = await signedIn();
  const [cookie] = (await context.cookies()).filter(({ name }) => name === "hookline.session");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", secure: false, path: "/" });
  await page.getByRole("button", { name: /account/i }).click();
  await page.getByRole("menuitem", { name: /sign out/i }).click();
  await page.waitForURL("**/sign-in");
  const stolen = { cookie: `hookline.session=${cookie?.value}` };
  const answer = await fetch(`${app.url}/api/ui/palette`, { headers: stolen });
  expect(answer.status).toBe(401);
  const renewed = await fetch(`${app.url}/api/auth/session`, { headers: stolen });
  expect(await renewed.json()).toEqual({});
});

test("changes the password, stays signed in here and signs out everywhere else within 5 s", async () => {
  const [here, elsewhere] = [await signedIn(), await signedIn()];
  await here.page.goto("/settings/account");
  expect(await findAxeProblems(here.page)).toEqual([]);
  await here.page.getByLabel("Current password").fill("wrong one here");
  await here.page.getByLabel("New password").fill("another easy sentence");
  await here.page.getByRole("button", { name: "Change password" }).click();
  await here.page.getByText("This is not your current password.").waitFor();
  await here.page.getByLabel("Current password").fill(ACCOUNT.password);
  await here.page.getByRole("button", { name: "Change password" }).click();
  await here.page.getByText("Password changed", { exact: true }).waitFor();
  ACCOUNT.password = "another easy sentence";
  await here.page.goto("/settings/account");
  await here.page.getByRole("heading", { name: "Account" }).waitFor();
  await expect
    .poll(async () => (await elsewhere.page.request.get("/api/ui/palette")).status(), { timeout: 5_000 })
    .toBe(401);
  expect(here.complaints).toEqual([]);
});

test("signs out everywhere after asking", async () => {
  const [here, elsewhere] = [await signedIn(), await signedIn()];
  await here.page.goto("/settings/account");
  await here.page.getByRole("button", { name: "Sign out everywhere…" }).click();
  await here.page.getByRole("button", { name: "Sign out everywhere", exact: true }).click();
  await here.page.waitForURL("**/sign-in");
  await expect
    .poll(async () => (await elsewhere.page.request.get("/api/ui/palette")).status(), { timeout: 5_000 })
    .toBe(401);
});

test("makes an API key that works, shows it once, and revokes it", async () => {
  const { page, complaints } = await signedIn();
  await page.goto("/settings/api-keys");
  await page.getByRole("button", { name: "Create an API key" }).click();
  await page.getByLabel("Name").fill("CI");
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Create key" }).click();
  const key = (await page.getByRole("region", { name: "API key" }).textContent()) ?? "";
  expect(key).toMatch(/^hl_[\w-]{43}$/);
  const call = () => fetch(`${app.url}/api/v1/flows`, { headers: { authorization: `Bearer ${key}` } });
  expect((await call()).status).toBe(200);
  await page.getByRole("button", { name: "I have copied it" }).click();
  await page.getByRole("cell", { name: "CI" }).waitFor();
  expect(await page.content()).not.toContain(key);
  await page.getByRole("button", { name: "Revoke…" }).click();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await page.getByText("No API key yet").waitFor();
  await expect.poll(async () => (await call()).status, { timeout: 5_000 }).toBe(401);
  expect(complaints).toEqual([]);
});

test("sends every page with a nonce for its scripts and a policy without exceptions for them", async () => {
  const answers = await Promise.all(["/sign-in", "/sign-in"].map((path) => fetch(app.url + path)));
  const nonces = answers.map((answer) => {
    const policy = answer.headers.get("content-security-policy") ?? "";
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "";
    expect(scripts).toMatch(/^'self' 'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic'$/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(answer.headers.get("cache-control")).toContain("no-store");
    return scripts;
  });
  expect(new Set(nonces).size).toBe(2);
});
