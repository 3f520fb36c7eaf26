import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  fetchScript,
  fetchSnippet,
  formSnippet,
  openTimeScript,
  policyFor,
  type SnippetOptions,
} from "#components/endpoints/form-snippets.ts";
import { findAxeProblemsOfSandboxed, isOurs, openBrowser, openPage } from "#tests/support/browser.ts";
import type { MadeEndpoint } from "#tests/support/flow.ts";
import { type ForeignSite, openForeignSite, pageOf } from "#tests/support/foreign-site.ts";
import { endpointWith, firstRequest, requestsOf } from "#tests/support/made-requests.ts";
import { eventually, OWNER, type RunningApp, startApp } from "#tests/support/running-app.ts";

let app: RunningApp;
let browser: Browser;
let context: BrowserContext;
let site: ForeignSite;
let stranger: ForeignSite;

beforeAll(async () => {
  [app, browser, site, stranger] = await Promise.all([
    startApp({ owner: true }),
    openBrowser(),
    openForeignSite(),
    openForeignSite(),
  ]);
  context = await browser.newContext();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([app?.stop(), site?.close(), stranger?.close()]);
});

const bodyOf = async (eventId: string) =>
  (
    await fetch(`${app.url}/api/v1/events/${eventId}/body`, { headers: { authorization: `Bearer ${OWNER.apiKey}` } })
  ).text();

const PROTECTED = { honeypot: "website", minimumSeconds: 1 };
const optionsFor = (endpoint: MadeEndpoint, more: Partial<SnippetOptions> = {}): SnippetOptions => ({
  url: endpoint.url,
  ...PROTECTED,
  withFile: true,
  thankYouUrl: null,
  ...more,
});
async function fill(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Message").fill("Hello <b>there</b>");
  await page
    .getByLabel("File")
    .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("First line\nSecond") });
}

describe("a form on another origin", () => {
  it("posts with a file by itself, and the visitor is thanked on a page that is fit to be read", async () => {
    const endpoint = await endpointWith(app, { form: PROTECTED });
    const { page, complaints } = await openPage(context);
    await page.goto(site.page("/plain", pageOf(formSnippet(optionsFor(endpoint)))));
    await fill(page);
    await page.waitForTimeout(1_000);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("heading", { name: "Thank you" }).waitFor();
    expect(await findAxeProblemsOfSandboxed(page)).toEqual([]);
    expect(new URL(page.url()).pathname).toBe(new URL(endpoint.url).pathname);
    const request = await firstRequest(app, endpoint);
    expect(request.verdict).toBe("no flow");
    const body = await bodyOf(request.id);
    expect(body).toContain("Hello <b>there</b>");
    expect(body).toMatch(/name="file"; filename="notes\.txt"[\s\S]*First line/);
    expect(complaints.filter(isOurs)).toEqual([]);
    await page.close();
  });

  it("turns away what fills the hidden field or is too fast, which sees the same thanks", async () => {
    for (const [prepare, reason] of [
      [
        (page: Page) =>
          page.locator("input[name=website]").evaluate((field) => ((field as HTMLInputElement).value = "x")),
        "honeypot-filled",
      ],
      [(page: Page) => page.evaluate(() => (performance.now = () => 5)), "sent-too-fast"],
    ] as const) {
      const endpoint = await endpointWith(app, { form: PROTECTED });
      const { page } = await openPage(context);
      await page.goto(site.page("/plain", pageOf(formSnippet(optionsFor(endpoint)))));
      await fill(page);
      await prepare(page);
      if (reason === "honeypot-filled") await page.waitForTimeout(1_000);
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByRole("heading", { name: "Thank you" }).waitFor();
      expect(await firstRequest(app, endpoint)).toMatchObject({ verdict: "refused", reason });
      await page.close();
    }
  });

  it("is not lost without JavaScript", async () => {
    const endpoint = await endpointWith(app, { form: PROTECTED });
    const scriptless = await browser.newContext({ javaScriptEnabled: false });
    const page = await scriptless.newPage();
    await page.goto(site.page("/plain", pageOf(formSnippet(optionsFor(endpoint)))));
    await fill(page);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("heading", { name: "Thank you" }).waitFor();
    expect(await firstRequest(app, endpoint)).toMatchObject({ verdict: "no flow", reason: null });
    await scriptless.close();
  });

  it("posts by fetch with a file from a page of a strict policy, and reads why it was refused", async () => {
    const endpoint = await endpointWith(app, { form: { ...PROTECTED, origins: [site.origin] } });
    const options = optionsFor(endpoint);
    const script = site.page("/fetch.js", fetchScript(options));
    const [markup = ""] = fetchSnippet(options).split("<script>");
    const policy = `default-src 'none'; script-src 'self'; base-uri 'none'; ${policyFor(options).fetch}`;
    const { page, complaints } = await openPage(context);
    await page.goto(site.page("/strict", pageOf(`${markup}<script src="${script}" defer></script>`), policy));
    await fill(page);
    await page.waitForTimeout(1_000);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Thank you, it has arrived.").waitFor();
    expect(complaints.filter(isOurs)).toEqual([]);
    expect((await firstRequest(app, endpoint)).verdict).toBe("no flow");
    await app.api("PATCH", `/endpoints/${endpoint.id}`, { settings: { bodyBytesMax: 10 } });
    await fill(page);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText(/The body is larger than the 10 bytes/).waitFor();
    await page.close();
  });

  it("posts by itself from a page of a strict policy, to the thank-you page the owner chose", async () => {
    const thanks = site.page("/thanks", pageOf("<h1>Thanks from the shop</h1>"));
    const endpoint = await endpointWith(app, { form: PROTECTED, answer: { kind: "redirect", url: thanks } });
    const options = optionsFor(endpoint, { thankYouUrl: thanks });
    const [markup = ""] = formSnippet(options).split("<script>");
    const script = site.page("/plain.js", openTimeScript());
    const policy = `default-src 'none'; script-src 'self'; base-uri 'none'; ${policyFor(options).form}`;
    const { page, complaints } = await openPage(context);
    await page.goto(site.page("/strict-plain", pageOf(`${markup}<script src="${script}" defer></script>`), policy));
    await fill(page);
    await page.waitForTimeout(1_000);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("heading", { name: "Thanks from the shop" }).waitFor();
    expect((await firstRequest(app, endpoint)).verdict).toBe("no flow");
    expect(complaints.filter(isOurs)).toEqual([]);
    await page.close();
  });

  it("follows a chosen thank-you page after fetch, and sends JSON with a preflight", async () => {
    const thanks = site.page("/thanks", pageOf("<h1>Thanks from the shop</h1>"));
    const endpoint = await endpointWith(app, {
      form: { origins: [site.origin] },
      answer: { kind: "redirect", url: thanks },
    });
    const { page } = await openPage(context);
    await page.goto(site.page("/empty", pageOf("")));
    const answer = await page.evaluate(async (url) => {
      const got = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"name":"Ada"}',
      });
      return { status: got.status, body: (await got.json()) as { redirect?: string } };
    }, endpoint.url);
    expect(answer).toMatchObject({ status: 202, body: { redirect: thanks } });
    expect((await requestsOf(app, endpoint)).map((row) => row.method)).toEqual(["POST"]);
    await page.goto(site.page("/by-fetch", pageOf(fetchSnippet(optionsFor(endpoint, { thankYouUrl: thanks })))));
    await fill(page);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("heading", { name: "Thanks from the shop" }).waitFor();
    await page.close();
  });

  it("cannot be read by scripts of origins that are not named", async () => {
    const endpoint = await endpointWith(app, { form: { origins: [site.origin] } });
    const page = await context.newPage();
    await page.goto(stranger.page("/empty", pageOf("")));
    const outcome = await page.evaluate(async (url) => {
      const tried = [
        fetch(url, { method: "POST", body: "a=1" }),
        fetch(url, { method: "POST", headers: { "x-a": "1" }, body: "{}" }),
      ];
      return (await Promise.allSettled(tried)).map(({ status }) => status);
    }, endpoint.url);
    expect(outcome).toEqual(["rejected", "rejected"]);
    await eventually("the owner sees who asked", async () =>
      (await requestsOf(app, endpoint)).some((row) => row.reason === "origin-not-allowed"),
    );
    await page.close();
  });
});
