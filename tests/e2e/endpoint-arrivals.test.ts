import { createHmac } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findAxeProblems, openPage, untilAwake } from "#tests/support/browser.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const SECRET = "a-signing-secret-of-github";
const site = useSignedInApp();

const makeEndpoint = (input: object = {}) => site.app.api<{ id: string; url: string }>("POST", "/endpoints", input);
const rows = (page: Page) => page.getByRole("list", { name: "Requests, newest first" }).getByRole("listitem");

async function push(url: string, id: string): Promise<number> {
  const body = JSON.stringify({ ref: "refs/heads/main", id });
  const headers = {
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": id,
    "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
  };
  return (await fetch(url, { method: "POST", body, headers })).status;
}

test("a sender is found by a part of its name, its secret pasted, and its first request verifies", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id, url } = await makeEndpoint();
  await page.goto(`/endpoints/${id}`);
  await untilAwake(page, "Copy address");
  await page.getByLabel("Sender", { exact: true }).click();
  await page.getByPlaceholder(/^Search \d+ senders$/).waitFor();
  await page.keyboard.type("nobody sends this");
  await page.getByText("No senders match. Try another part of the name.").waitFor();
  await page.getByPlaceholder(/^Search \d+ senders$/).fill("gith");
  await page.getByRole("option", { name: "GitHub" }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await page.getByLabel("Signing secret").fill(SECRET);
  expect(await findAxeProblems(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Set up GitHub" }).waitFor();
  await page.getByRole("heading", { name: "GitHub", level: 1, exact: true }).waitFor();
  expect(await push(url, "first")).toBe(202);
  await page.getByText("1 verified since").waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test("counts what verifies as it arrives, and holds the list still under who reads it", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id, url } = await makeEndpoint({ provider: "github", secrets: [SECRET] });
  for (let n = 0; n < 40; n++) expect(await push(url, `old-${n}`)).toBe(202);
  await page.goto(`/endpoints/${id}`);
  await page.getByText("40 verified since").waitFor();
  const list = page.getByRole("list", { name: "Requests, newest first" });
  await expect
    .poll(async () => {
      await list.evaluate((element) => element.scrollTo(0, element.scrollTop === 200 ? 201 : 200));
      return list.evaluate((element) => element.scrollTop);
    })
    .toBeGreaterThanOrEqual(200);
  expect(await push(url, "new-1")).toBe(202);
  await page.getByText("41 verified since").waitFor();
  await page.getByRole("button", { name: "1 new" }).waitFor();
  expect(await rows(page).count()).toBe(40);
  await page.keyboard.press(".");
  await expect.poll(() => rows(page).count()).toBe(41);
  expect(complaints).toEqual([]);
  await page.close();
});

test("shows what arrived although the server could not be read when the news came", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id, url } = await makeEndpoint({ provider: "github", secrets: [SECRET] });
  expect(await push(url, "before")).toBe(202);
  await page.goto(`/endpoints/${id}`);
  await page.getByText("1 verified since").waitFor();
  let refused = 0;
  for (const path of ["pulse", "requests?**"])
    await page.route(`**/api/ui/endpoints/${id}/${path}`, async (route) => {
      refused += 1;
      await route.abort();
    });
  expect(await push(url, "while away")).toBe(202);
  await expect.poll(() => refused, { timeout: 10_000 }).toBeGreaterThan(1);
  await page.unrouteAll();
  await page.getByText("2 verified since").waitFor();
  await expect.poll(() => rows(page).count()).toBe(2);
  expect(complaints.filter((complaint) => !complaint.includes("ERR_FAILED"))).toEqual([]);
  await page.close();
});

test("tests and samples are marked in the list, can be left out, and do not count as a sender's refusals", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id, url } = await makeEndpoint({ provider: "github", secrets: [SECRET] });
  expect(await push(url, "genuine")).toBe(202);
  await page.goto(`/endpoints/${id}`);
  await page.getByRole("button", { name: "Test endpoint" }).click();
  const dialog = page.getByRole("dialog", { name: "Test this endpoint" });
  await dialog.getByRole("button", { name: "Start the test" }).click();
  await dialog.getByRole("progressbar", { name: "Deliveries sent" }).waitFor();
  await dialog
    .getByText("The body in small pieces", { exact: false })
    .or(dialog.getByText(": under way"))
    .first()
    .waitFor();
  await dialog.getByText(/as expected \(seed \d+\)/).waitFor({ timeout: 30_000 });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Send a sample" }).click();
  await page.getByRole("menuitem", { name: "Send a tampered copy" }).click();
  await page.getByText("The tampered copy was refused").waitFor();
  await page.reload();
  await rows(page).first().getByText("test", { exact: true }).waitFor();
  expect(await rows(page).filter({ hasText: "Refused" }).count()).toBeGreaterThan(2);
  expect(await page.getByText("refused since the newest secret was added").count()).toBe(0);
  expect(await findAxeProblems(page)).toEqual([]);
  const show = async (what: string) => {
    await page.getByLabel("Show", { exact: true }).click();
    await page.getByRole("option", { name: what }).click();
  };
  await show("Without tests");
  await expect.poll(() => rows(page).count()).toBe(1);
  expect(await rows(page).getByText("test", { exact: true }).count()).toBe(0);
  await show("Tests and samples");
  await expect.poll(() => rows(page).count()).toBeGreaterThan(10);
  expect(await rows(page).getByText("test", { exact: true }).count()).toBe(await rows(page).count());
  expect(complaints).toEqual([]);
  await page.close();
});

test("a paused endpoint says how many events wait, and resumes where it says so", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id, url } = await makeEndpoint({ provider: "github", secrets: [SECRET] });
  expect(await push(url, "before")).toBe(202);
  await page.goto(`/endpoints/${id}`);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Pause endpoint" }).click();
  await page.getByText("Paused: no event waits").waitFor();
  expect(await push(url, "waits-1")).toBe(202);
  expect(await push(url, "waits-2")).toBe(202);
  await page.getByText("Paused: 2 events wait").waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Resume endpoint" }).click();
  await page.getByText("2 parked events, 0 runs started.").waitFor();
  await page.getByText("Paused: 2 events wait").waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
  await page.close();
});
