import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { THEME_COOKIE } from "#components/ui/theme.ts";
import { FIXED_PAGES } from "#scripts/fixed-pages.ts";
import { COLOR_RULES, findAxeProblems, openBrowser, openPage } from "#tests/support/browser.ts";
import { action, makeEndpoint, publishFlow } from "#tests/support/flow.ts";
import { eventually, type RunningApp, startApp } from "#tests/support/running-app.ts";
import { signIn } from "#tests/support/sign-in.ts";

let app: RunningApp;
let browser: Browser;
const made: string[] = [];

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp({ owner: true }), openBrowser()]);
  const endpoint = await makeEndpoint(app, "none");
  const flowId = await publishFlow(app, endpoint.id, [
    action("total", "transform", { value: "$sum(trigger.body.lines.price)" }),
    {
      kind: "branch",
      id: "size",
      name: "By size",
      cases: [
        {
          id: "large",
          name: "Large",
          when: "steps.total > 10",
          steps: [
            action("mail", "email.send", {
              to: "{{ trigger.body.email }}",
              subject: "Order {{ trigger.body.id }}",
              text: "{{ steps.total }}",
            }),
          ],
        },
      ],
      otherwise: [],
    },
  ]);
  for (const email of ["ada@example.com", null])
    await fetch(endpoint.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: "ord_1", email, lines: [{ price: 20 }] }),
    });
  const run = await eventually("a run has ended", async () => {
    const { items } = await app.api<{ items: { id: string; status: string }[] }>("GET", `/runs?flowId=${flowId}`);
    return items.find((item) => item.status === "succeeded");
  });
  made.push(`/endpoints/${endpoint.id}`, `/flows/${flowId}`, `/runs/${run.id}`);
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
});

async function signedIn(theme: string, width: number): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    baseURL: app.url,
    viewport: { width, height: 900 },
    reducedMotion: "reduce",
  });
  await context.addCookies([{ name: THEME_COOKIE, value: theme, url: app.url }]);
  const opened = await openPage(context);
  await signIn(opened.page);
  return opened;
}

const THEMES = ["light", "dark"] as const;

describe.each([1280, 390])("at %i pixels", (width) => {
  it("every page passes axe in light and dark, fits its width and complains about nothing", async () => {
    const { page, complaints } = await signedIn("light", width);
    const problems: string[] = [];
    for (const [index, at] of [...FIXED_PAGES, ...made].entries()) {
      // Every other page comes from the server in the dark, and is turned light.
      const [first, second] = index % 2 === 0 ? THEMES : THEMES.toReversed();
      await page.context().addCookies([{ name: THEME_COOKIE, value: first ?? "", url: app.url }]);
      await page.goto(at);
      await page.locator("main h1, main [data-card]").first().waitFor();
      for (const problem of await findAxeProblems(page)) problems.push(`${at} in ${first}: ${problem}`);
      await page.evaluate((theme) => document.documentElement.setAttribute("data-theme", theme), second ?? "");
      for (const problem of await findAxeProblems(page, COLOR_RULES)) problems.push(`${at} in ${second}: ${problem}`);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (overflow > 0) problems.push(`${at} is ${overflow} px wider than the window`);
    }
    await page.context().close();
    expect([...problems, ...complaints]).toEqual([]);
  });
});

async function nameIs(flow: string, name: string): Promise<void> {
  await eventually(`the draft's first step is called ${name}`, async () => {
    const answer = await app.api<{ definition: { steps: { name: string }[] } }>("GET", `${flow}/draft`);
    return answer.definition.steps[0]?.name === name;
  });
}

describe("the builder by keyboard alone", () => {
  it("moves, adds, turns off, deletes, takes back, and keeps the focus on a card", async () => {
    const { page, complaints } = await signedIn("light", 1280);
    await page.goto(made.find((at) => at.startsWith("/flows/")) ?? "");
    await page.locator('[data-card="trigger"]').focus();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-card"));
    for (const [key, card] of [
      ["Enter", "trigger"],
      ["ArrowDown", "total"],
      ["ArrowDown", "size"],
      ["ArrowRight", "mail"],
      ["ArrowLeft", "size"],
      ["ArrowUp", "total"],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(focused, { message: key }).toBe(card);
    }
    await page.keyboard.press("Control+/");
    await page.getByRole("button", { name: /^total.*, off$/ }).waitFor();
    await page.keyboard.press("Control+z");
    await page.getByRole("button", { name: /^total.*, off$/ }).waitFor({ state: "detached" });
    await page.keyboard.press("Control+d");
    await page.getByRole("button", { name: /^total \(copy\)/ }).waitFor();
    await page.locator('[data-card="total_2"]').focus();
    await page.keyboard.press("Delete");
    await page.getByRole("button", { name: /^total \(copy\)/ }).waitFor({ state: "detached" });
    await expect.poll(focused).toBe("size");
    await page.keyboard.press("/");
    await page.getByRole("dialog", { name: "Add a step" }).waitFor();
    await page.keyboard.type("end");
    await page.keyboard.press("Enter");
    await page.locator('[data-card="stop"]').waitFor();
    await eventually("the new step is saved", async () =>
      JSON.stringify(await app.api("GET", `${new URL(page.url()).pathname}/draft`)).includes('"id":"stop"'),
    );
    await page.reload();
    await page.locator('[data-card="stop"]').waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("outbox");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/outbox");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("stops saving when the draft changed elsewhere, and keeps what was typed until the person chooses", async () => {
    const [here, there] = [await signedIn("light", 1280), await signedIn("light", 1280)];
    const flow = made.find((at) => at.startsWith("/flows/")) ?? "";
    for (const { page } of [here, there]) {
      await page.goto(flow);
      // A click before the page is awake is nobody's.
      await expect
        .poll(
          async () => {
            await page.locator('[data-card="total"]').click();
            return page.getByRole("textbox", { name: "Name of the step" }).isVisible();
          },
          { timeout: 20_000, interval: 500 },
        )
        .toBe(true);
    }
    const rename = async (page: Page, name: string) => {
      await page.getByRole("textbox", { name: "Name of the step" }).fill(name);
      await page.keyboard.press("Enter");
    };
    await rename(there.page, "Theirs");
    await nameIs(flow, "Theirs");
    await rename(here.page, "Mine");
    await here.page.getByText(/changed this flow elsewhere/).waitFor();
    await here.page.getByRole("button", { name: /^Mine/ }).waitFor();
    await here.page.getByRole("button", { name: "Keep mine" }).click();
    await here.page.getByText(/changed this flow elsewhere/).waitFor({ state: "detached" });
    await nameIs(flow, "Mine");
    for (const { page } of [here, there]) await page.context().close();
  });
});
