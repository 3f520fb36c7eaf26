import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findAxeProblems, openPage, untilAwake } from "#tests/support/browser.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const site = useSignedInApp();

const makeEndpoint = (input: object = {}) => site.app.api<{ id: string; url: string }>("POST", "/endpoints", input);

/** The settings of an endpoint, once the page has woken up: before that, nothing that is typed counts. */
async function openSettings(page: Page, id: string): Promise<void> {
  await page.goto(`/endpoints/${id}?tab=settings`);
  await untilAwake(page, "Save settings");
}

const rate = (page: Page) => page.getByLabel("Requests per second");

test("what is typed into settings outlives a look at the requests and a reload, until it is discarded", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id } = await makeEndpoint();
  await openSettings(page, id);
  await page.getByText("Everything is saved").waitFor();
  await rate(page).pressSequentially("2.5");
  await page.getByText("Not saved yet").waitFor();
  await page.getByRole("tab", { name: "Requests" }).click();
  await page.getByText("Waiting for the first request").waitFor();
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByText("Your changes from before are here, not saved yet").waitFor();
  expect(await rate(page).inputValue()).toBe("2.5");
  // The page shows its tab before the router has written its address.
  await page.waitForURL(/tab=settings/);
  await page.reload();
  await page.getByText("Your changes from before are here, not saved yet").waitFor();
  expect(await rate(page).inputValue()).toBe("2.5");
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByText("Everything is saved").waitFor();
  expect(await rate(page).inputValue()).toBe("");
  await rate(page).pressSequentially("0.5");
  await rate(page).press("Enter");
  await page.getByText("Takes effect at once.").waitFor();
  expect(await site.app.api("GET", `/endpoints/${id}`)).toMatchObject({ settings: { ratePerSecond: 0.5 } });
  expect(complaints).toEqual([]);
  await page.close();
});

test("fields that are wrong say so in words, and the first of them has the cursor", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id } = await makeEndpoint();
  await openSettings(page, id);
  await rate(page).fill("many");
  await page.getByLabel("Largest body, in bytes").fill("999999999999");
  await page.getByLabel("Addresses that may send").fill("10.0.0.1\nnowhere");
  await page.getByRole("checkbox", { name: "POST" }).click();
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("Not saved: 4 fields need a look").waitFor();
  await page.getByText("at least one method is needed").waitFor();
  await page.getByText("“nowhere” is neither an IP address nor a CIDR range.").waitFor();
  await page.getByText("This must be a number.").waitFor();
  await page.getByText("This may be at most 16,777,216.").waitFor();
  expect(await rate(page).inputValue()).toBe("many");
  expect(
    await page.evaluate(() => document.activeElement?.closest("fieldset")?.querySelector("legend")?.textContent),
  ).toBe("Methods");
  expect(await findAxeProblems(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("a server that cannot be reached is said, and what is typed is still there and saved afterwards", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id } = await makeEndpoint();
  await openSettings(page, id);
  await rate(page).fill("7");
  await page.route("**/endpoints/**", (route) =>
    route.request().method() === "POST" ? route.abort() : route.continue(),
  );
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("Hookline did not answer. See whether it happened", { exact: false }).waitFor();
  await page.getByRole("tab", { name: "Requests" }).click();
  await page.getByRole("tab", { name: "Settings" }).click();
  expect(await rate(page).inputValue()).toBe("7");
  await page.unrouteAll();
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("Takes effect at once.").waitFor();
  expect(complaints.filter((text) => !text.includes("net::ERR_FAILED"))).toEqual([]);
  await page.close();
});

test("two tabs may edit different settings, and are told when they edit the same", async () => {
  const { page: first, complaints } = await openPage(site.context);
  const { page: second } = await openPage(site.context);
  const { id } = await makeEndpoint();
  await openSettings(first, id);
  await openSettings(second, id);
  await second.getByLabel("Largest body, in bytes").fill("2048");
  await first.getByLabel("Name", { exact: true }).fill("Renamed elsewhere");
  await first.getByRole("button", { name: "Save settings" }).click();
  await first.getByText("Takes effect at once.").waitFor();
  await second.getByRole("heading", { name: "Renamed elsewhere" }).waitFor();
  expect(await second.getByLabel("Largest body, in bytes").inputValue()).toBe("2048");
  expect(await second.getByLabel("Name", { exact: true }).inputValue()).toBe("Renamed elsewhere");
  await first.getByLabel("Largest body, in bytes").fill("4096");
  await first.getByRole("button", { name: "Save settings" }).click();
  await second.getByText("Somebody saved the largest body meanwhile.", { exact: false }).waitFor();
  expect(await second.getByLabel("Largest body, in bytes").inputValue()).toBe("2048");
  await second.getByRole("button", { name: "Discard" }).click();
  expect(await second.getByLabel("Largest body, in bytes").inputValue()).toBe("4096");
  expect(complaints).toEqual([]);
  await first.close();
  await second.close();
});

test("a JSON Schema's editor comes when needed, shows where it is no JSON, and lets Tab leave", async () => {
  const { page, complaints } = await openPage(site.context);
  const { id } = await makeEndpoint();
  const scripts: string[] = [];
  page.on("response", (response) => {
    if (response.url().includes("/_next/static/chunks/")) scripts.push(response.url());
  });
  await openSettings(page, id);
  const editor = page.getByLabel("JSON Schema", { exact: true });
  await page.getByLabel("A body must hold").click();
  const before = scripts.length;
  await page.getByRole("option", { name: "What a JSON Schema says (advanced)" }).click();
  await editor.waitFor();
  expect(scripts.length).toBeGreaterThan(before);
  await editor.fill('{\n  "type": objekt\n}');
  await page.getByText("This is not JSON from line 2, column 11 on.").waitFor();
  expect(await page.locator(".cm-lintRange-error").allTextContents()).toEqual(["o"]);
  expect(await findAxeProblems(page)).toEqual([]);
  await editor.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Infer from stored requests");
  await editor.fill('{ "type": "objekt" }');
  await page.getByText("This is not JSON", { exact: false }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("Not saved: 1 field needs a look").waitFor();
  await page.locator(".cm-lintRange-error").first().waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});
