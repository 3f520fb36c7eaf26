import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { findAxeProblems, openPage } from "#tests/support/browser.ts";
import { type MadeEndpoint, makeEndpoint } from "#tests/support/flow.ts";
import { useSignedInApp } from "#tests/support/signed-in-app.ts";

const site = useSignedInApp();
let endpoint: MadeEndpoint;

beforeAll(async () => {
  endpoint = await makeEndpoint(site.app, "none");
});

/** Sends a request and opens it in the inspector. */
async function openRequest(
  body: string | Buffer,
  headers: Record<string, string>,
): Promise<{ page: Page; complaints: string[]; event: string }> {
  const answer = await fetch(endpoint.url, {
    method: "POST",
    body: typeof body === "string" ? body : new Uint8Array(body),
    headers,
  });
  expect(answer.status).toBe(202);
  const { event } = (await answer.json()) as { event: string };
  const opened = await openPage(site.context);
  await opened.page.goto(`/endpoints/${endpoint.id}?request=${event}`);
  await opened.page.getByRole("tab", { name: "Body" }).waitFor();
  return { ...opened, event };
}

test("a compressed body is shown as what it unfolds to, and its bytes as they came", async () => {
  const { page, complaints } = await openRequest(gzipSync('{"order":{"total":5}}'), {
    "content-type": "application/json",
    "content-encoding": "gzip",
  });
  await page.getByRole("tree", { name: "Body" }).getByText("total").waitFor();
  await page.getByText(/ as gzip, 21 B decompressed/).waitFor();
  await page.getByLabel("How the body is shown").click();
  await page.getByRole("option", { name: "Raw" }).click();
  await page.getByText(/1f 8b 08/).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("a body that would unfold too far is stored, says so, and the page stays well", async () => {
  const { page, complaints } = await openRequest(gzipSync(Buffer.alloc(1_048_577)), {
    "content-type": "application/json",
    "content-encoding": "gzip",
  });
  await page
    .getByText("This gzip body would decompress to more than 1,048,576 bytes, so it was not decompressed.")
    .waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test("a number that loses digits is flagged at its place and offers its exact text for a mapping", async () => {
  const { page, complaints } = await openRequest('{"order":{"id":12345678901234567890}}', {
    "content-type": "application/json",
  });
  await page.getByText("order.id is 12345678901234567890, which loses digits as a number.").waitFor();
  await page.getByRole("button", { name: "Copy trigger.exact.order.id" }).waitFor();
  await page.getByRole("tree", { name: "Body" }).getByText("sent as 12345678901234567890").waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("CloudEvents are shown with their attributes, a batch line by line", async () => {
  const one = await openRequest('{"n":1}', {
    "content-type": "application/json",
    "ce-specversion": "1.0",
    "ce-type": "com.example.order",
    "ce-id": "A-1",
    "ce-source": "/shop",
  });
  await one.page.getByRole("table", { name: "CloudEvent attributes" }).getByText("com.example.order").waitFor();
  await one.page.close();
  const events = [1, 2].map((n) => ({
    specversion: "1.0",
    type: `type-${n}`,
    id: String(n),
    source: "/s",
    data: { n },
  }));
  const { page, complaints } = await openRequest(JSON.stringify(events), {
    "content-type": "application/cloudevents-batch+json",
  });
  await page.getByRole("heading", { name: "Batch of CloudEvents (2)" }).waitFor();
  await page.getByRole("table", { name: "Events of the batch" }).getByText("type-2").waitFor();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("files of a form are listed and come down as attachments that no browser runs", async () => {
  const form = new FormData();
  form.set("who", "Ada");
  form.set("page", new Blob(["<script>document.title='run'</script>"], { type: "text/html" }), "../evil\u202e.html");
  const encoded = new Request("http://127.0.0.1/", { method: "POST", body: form });
  const { page, complaints, event } = await openRequest(Buffer.from(await encoded.arrayBuffer()), {
    "content-type": encoded.headers.get("content-type") ?? "",
  });
  await page.getByRole("table", { name: "Fields" }).getByText("Ada").waitFor();
  const files = page.getByRole("list", { name: "Files" });
  await files.getByText("text/html").waitFor();
  const download = page.waitForEvent("download");
  await files.getByRole("link", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toBe("evil.html");
  const answer = await site.context.request.get(`/api/ui/endpoints/${endpoint.id}/requests/${event}/files/0`);
  expect(await answer.text()).toBe("<script>document.title='run'</script>");
  expect(answer.headers()).toMatchObject({
    "content-type": "application/octet-stream",
    "x-content-type-options": "nosniff",
    "content-security-policy": expect.stringMatching(/^sandbox; default-src 'none'/),
    "cache-control": expect.stringContaining("no-store"),
  });
  expect(answer.headers()["content-disposition"]).toMatch(/^attachment; /);
  expect((await site.context.request.get(`/api/ui/endpoints/${endpoint.id}/requests/${event}/files/1`)).status()).toBe(
    404,
  );
  expect((await fetch(`${site.app.url}/api/ui/endpoints/${endpoint.id}/requests/${event}/files/0`)).status).toBe(401);
  expect(await findAxeProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});
