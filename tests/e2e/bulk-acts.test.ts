import { expect, onTestFinished, test } from "vitest";
import { findAxeProblems, openPage } from "#tests/support/browser.ts";
import { startCallTarget } from "#tests/support/call-target.ts";
import { action, endedRun, makeEndpoint, publishFlow } from "#tests/support/flow.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const site = useSignedInApp({ own: true });

test("all runs that failed so are counted, resumed with progress, and refused ones told by reason", async () => {
  let mended = false;
  const target = await startCallTarget(() => (mended ? { status: 200, json: {} } : { status: 422, json: {} }));
  onTestFinished(() => target.stop());
  const endpoint = await makeEndpoint(site.app, "none");
  const flow = await publishFlow(site.app, endpoint.id, [
    action("crm", "http.request", {
      method: "POST",
      url: `${target.url}/orders`,
      body: { kind: "json", json: "{{ trigger.body }}" },
    }),
  ]);
  let last = "";
  for (let number = 1; number <= 4; number += 1) {
    const answer = await fetch(endpoint.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ number }),
    });
    last = (await endedRun(site.app, ((await answer.json()) as { event: string }).event, flow)).id;
  }
  mended = true;
  const { page, complaints } = await openPage(site.context);
  await page.goto(`/runs/${last}`);
  await page.getByRole("button", { name: "Resume all that failed so (4)…" }).click();
  await page.getByRole("dialog").getByText("4 runs: 4 failed.").waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Resume 4 runs" }).click();
  await page.waitForURL(`**/runs?flow=${flow}`);
  await page.getByText("Resumed", { exact: true }).waitFor();
  await page.getByText("4 of 4 runs").waitFor();
  await expect.poll(() => target.calls.length).toBe(8);
  const keys = (from: number) => target.calls.slice(from, from + 4).map(({ headers }) => headers["idempotency-key"]);
  expect(keys(4).sort()).toEqual(keys(0).sort());

  await page.getByRole("button", { name: "Select all that match (4)" }).click();
  await page.getByRole("button", { name: "Cancel…" }).click();
  await page.getByRole("dialog").getByText("4 runs cannot be as they are now", { exact: false }).waitFor();
  await page.getByRole("button", { name: "Cancel 4 runs" }).click();
  await page.getByText("4 runs could not be").click();
  await page.getByText("This run has already ended: it is succeeded.", { exact: false }).first().waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.getByRole("link", { name: "4 runs", exact: true }).click();
  await page.getByText("refused by one act").waitFor();
  await expect.poll(() => page.locator("[data-run]").count()).toBe(4);
  expect(target.calls.length).toBe(8);
  expect(complaints).toEqual([]);
});
