import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { findAxeProblems, openPage } from "#tests/support/browser.ts";
import { startCallTarget } from "#tests/support/call-target.ts";
import { action, endedRun, makeEndpoint } from "#tests/support/flow.ts";
import { eventually } from "#tests/support/running-app.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const SHOTS = process.env["HOOKLINE_SHOTS"];
const site = useSignedInApp();

const post = (url: string, id: string, path: string) =>
  action(id, "http.request", { method: "POST", url: `${url}/${path}`, body: { kind: "none" } });

async function sendEvent(url: string, body: object): Promise<string> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return ((await answer.json()) as { event: string }).event;
}

async function shoot(page: Page, name: string, widths = [1_440]): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const width of widths)
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${SHOTS}/${name}-${width}-${colorScheme}.png` });
    }
  await page.setViewportSize({ width: 1_440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

/** Chooses a kind of step in the open list of steps, by the keyboard. */
async function chooseStep(page: Page, search: string, title: RegExp): Promise<void> {
  await page.getByRole("dialog", { name: "Add a step" }).waitFor();
  await page.keyboard.type(search);
  await page.getByRole("option", { name: title }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Add a step" }).waitFor({ state: "detached" });
}

test("a step gets a condition and an error path, branches run side by side, and a run shows what was so", async () => {
  const target = await startCallTarget((call) => ({ status: call.path === "/crm" ? 404 : 200, json: { ok: true } }));
  onTestFinished(() => target.stop());
  const endpoint = await makeEndpoint(site.app, "none");
  await sendEvent(endpoint.url, { amount: 30 });
  const definition = {
    schema: 1,
    trigger: { endpointId: endpoint.id, eventTypes: [], filter: null },
    runName: "",
    steps: [post(target.url, "crm", "crm")],
  };
  const { id: flow } = await site.app.api<{ id: string }>("POST", "/flows", { name: "Orders", definition });
  const { page, complaints } = await openPage(site.context);
  await page.setViewportSize({ width: 1_440, height: 900 });
  await page.goto(`/flows/${flow}`);

  await page.getByRole("button", { name: /^crm, HTTP request/ }).click();
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("textbox", { name: "Only when" }).click();
  await page.keyboard.type("trigger.body.amount > 10");
  await page.getByRole("button", { name: "Change retries for this step" }).click();
  await page.getByLabel("Tried again after the HTTP statuses").fill("429, 7xx");
  await page.getByText("Write statuses such as 429").waitFor();
  await page.getByLabel("Tried again after the HTTP statuses").fill("429, 5xx");
  await page.getByRole("combobox", { name: "Waits between them" }).click();
  await page.getByRole("option", { name: "Always the same" }).click();
  await page.getByLabel("Wait (seconds)").fill("1.5");
  await page.getByRole("combobox", { name: "When it fails for good" }).click();
  await page.getByRole("option", { name: /Take an error path/ }).click();
  await shoot(page, "settings");
  await page.getByRole("button", { name: "Add a step to the error path" }).focus();
  await page.keyboard.press("Enter");
  await chooseStep(page, "curl", /HTTP request/);
  await page.getByRole("textbox", { name: "URL", exact: true }).click();
  await page.keyboard.type(`${target.url}/tell`);
  // An example of the failure stands beside the event, and a click writes it into the field.
  await page.getByRole("textbox", { name: "URL", exact: true }).click();
  await page.keyboard.press("End");
  await page.keyboard.type("?why=");
  await page.getByRole("treeitem", { name: /^code "http-503"/ }).click();
  await page.getByText("If it fails", { exact: true }).first().waitFor();
  await shoot(page, "error-path");
  expect(await findAxeProblems(page)).toEqual([]);

  // From the error path back to its step, and on from there, by the keyboard alone.
  await page.getByRole("button", { name: /^HTTP request, HTTP request/ }).focus();
  await page.keyboard.press("ArrowLeft");
  await page.locator('[data-card="crm"]:focus').waitFor();
  await page.keyboard.press("/");
  await chooseStep(page, "fork", /Do several things at once/);
  await page.getByLabel("Name of branch 1").fill("Mail them");
  await page.getByRole("button", { name: "Add a branch" }).click();
  await page.getByLabel("Name of branch 3").waitFor();
  await shoot(page, "parallel");
  expect(await findAxeProblems(page)).toEqual([]);

  await page.getByRole("button", { name: /trigger, every event/ }).click();
  await page.getByLabel("Time limit of a run, in minutes").fill("9999999");
  await page.getByText("A number of minutes, up to 366 days.").waitFor();
  await page.getByLabel("Time limit of a run, in minutes").fill("2.5");
  await shoot(page, "time-limit");
  expect(await findAxeProblems(page)).toEqual([]);

  await page.getByRole("button", { name: "Show as outline" }).click();
  const outline = page.getByRole("region", { name: "Flow outline" });
  await outline.getByText("if it fails", { exact: true }).waitFor();
  const branch = outline.getByText("side by side, Mail them", { exact: true });
  await branch.waitFor();
  // The + of a branch stands right behind its name, for the keyboard too.
  await branch.locator("xpath=following-sibling::ul[1]").getByRole("button", { name: "Add a step" }).focus();
  await page.keyboard.press("Enter");
  await chooseStep(page, "calculate", /Transform data/);
  await page.getByRole("textbox", { name: "Value", exact: true }).click();
  await page.keyboard.type("steps.crm.error.status");
  await shoot(page, "outline");
  expect(await findAxeProblems(page)).toEqual([]);
  const draft = await eventually("the draft is saved", async () => {
    const saved = JSON.stringify(await site.app.api("GET", `/flows/${flow}/draft`));
    return saved.includes("steps.crm.error.status") ? saved : null;
  });
  expect(draft).toContain('"timeoutSeconds":150');
  expect(draft).toContain('"retry":{"attempts":5,"firstMs":1500,"factor":1,"maxMs":1500,"on":["429","5xx","other"]}');
  await shoot(page, "outline", [390]);
  await site.app.api("POST", `/flows/${flow}/publish`, { expectedVersion: 0 });
  expect(complaints).toEqual([]);

  const run = await endedRun(site.app, await sendEvent(endpoint.url, { amount: 12 }), flow);
  expect(run.status).toBe("succeeded");
  expect(target.calls.map(({ path }) => path)).toEqual(["/crm", "/tell?why=http-404"]);
  expect(run.steps.find(({ path }) => path === "crm")).toMatchObject({ status: "failed" });
  await page.goto(`/runs/${run.id}`);
  await page.getByText("1 step failed and was handled").waitFor();
  const steps = page.getByRole("list", { name: "Steps" });
  await steps.getByText("handled", { exact: true }).waitFor();
  await steps.getByRole("link", { name: /HTTP request.* If it fails/ }).waitFor();
  await steps.getByRole("link", { name: /Transform data.* Mail them/ }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await shoot(page, "run", [1_440, 390]);
  const small = await endedRun(site.app, await sendEvent(endpoint.url, { amount: 3 }), flow);
  await page.goto(`/runs/${small.id}?step=crm`);
  await page.getByText("Its condition was not met: trigger.body.amount > 10").waitFor();
  await page.close();
});
