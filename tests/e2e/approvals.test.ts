import { expect, test } from "vitest";
import { findAxeProblems, findAxeProblemsOfSandboxed, openPage } from "#tests/support/browser.ts";
import { approval } from "#tests/support/callback-runs.ts";
import { action, endedRun, makeEndpoint, publishFlow } from "#tests/support/flow.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const site = useSignedInApp({ own: true });

const steps = [
  action("ask", "email.send", {
    to: "anna@example.com",
    subject: "Order {{ trigger.body.id }}",
    text: "Please answer: {{ run.callbacks.ok.approvers.anna }}",
    html: '<p>Please <a href="{{ run.callbacks.ok.approvers.anna }}">answer</a>.</p>',
  }),
  approval(),
  action("after", "transform", { value: "steps.ok" }),
];

async function startRun(id: number): Promise<{ flow: string; event: string }> {
  const endpoint = await makeEndpoint(site.app, "none");
  const flow = await publishFlow(site.app, endpoint.id, steps);
  const headers = { "content-type": "application/json" };
  const answer = await fetch(endpoint.url, { method: "POST", headers, body: JSON.stringify({ id }) });
  return { flow, event: ((await answer.json()) as { event: string }).event };
}

test("a mail's link opens a page that asks; its button sends the run on, once", async () => {
  const { flow, event } = await startRun(7);
  const { page, complaints } = await openPage(site.context);
  await page.goto(`/runs?flow=${flow}`);
  await page.getByRole("link", { name: /·/ }).first().click();
  await page.getByText(`"Manager's approval" waits for an answer`).waitFor();
  await page.getByText("Approve order 7?").waitFor();
  await page.getByText("Links to answer with").click();
  await page.getByRole("button", { name: "Copy the link for: Anna" }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);

  await page.goto("/outbox");
  await page.getByRole("link", { name: "Order 7" }).click();
  const link = await page.frameLocator("iframe").getByRole("link", { name: "answer" }).getAttribute("href");
  const stranger = await (site.context.browser() ?? expect.fail("no browser")).newContext();
  const { page: asked, complaints: complaintsThere } = await openPage(stranger);
  await asked.goto(String(link));
  await asked.getByRole("heading", { name: "Approve order 7?" }).waitFor();
  await asked.getByText("This link is for Anna.").waitFor();
  expect(await findAxeProblemsOfSandboxed(asked)).toEqual([]);
  await asked.getByLabel("Note").fill("Fine with me.");
  await asked.getByRole("button", { name: "Approve" }).click();
  await asked.getByText("Your answer is kept: Approve.").waitFor();
  await asked.goto(String(link));
  await asked.getByRole("heading", { name: "This was answered before" }).waitFor();
  expect(await stranger.cookies()).toEqual([]);
  await stranger.close();

  const run = await endedRun(site.app, event, flow);
  expect(run.status).toBe("succeeded");
  await page.goto(`/runs/${run.id}?step=ok`);
  await page.getByText("Approve, by Anna").waitFor();
  expect([...complaints, ...complaintsThere]).toEqual([]);
});

test("a member answers on the run's page, with a note, and sees the run go on", async () => {
  const { flow, event } = await startRun(8);
  const { page, complaints } = await openPage(site.context);
  await page.goto(`/flows/${flow}?step=ok&event=${event}`);
  await page.getByText("waits for an answer: Approve or Reject").first().click();
  await page.getByLabel("Name of answer 2").waitFor();
  await page.getByText("Approve order 8?").waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  await page.goto(`/runs?flow=${flow}`);
  await page.getByRole("link", { name: /·/ }).first().click();
  await page.getByLabel("Note").fill("Too dear.");
  await page.getByRole("button", { name: "Reject" }).click();
  await page.getByText("Every step finished.").waitFor();
  const run = await endedRun(site.app, event, flow);
  expect(run.steps.find(({ path }) => path === "after")?.status).toBe("succeeded");
  expect(complaints).toEqual([]);
});
