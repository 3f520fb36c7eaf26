import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { insertWorkerPool } from "#lib/db/worker-pools.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { approval, ask, callbackRun, fingerprint, seen, tokenOf } from "#tests/support/callback-runs.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { readRunResult } from "#tests/support/run-steps-once.ts";
import { POOL_HERE, workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
beforeAll(() => insertWorkerPool({ id: POOL_HERE, host: "test", pid: process.pid }));
afterAll(async () => {
  await closeSandbox();
  await closeRunPools();
});

const steps = [approval(), seen("after", "steps.ok")];

describe("a link", () => {
  test("is the same at every try, and of no use to another run", async () => {
    const { runId } = await callbackRun([seen("link", "run.callbacks.ok.approvers.anna"), ...steps]);
    await workOnRun(runId);
    const { outputs } = await readRunResult(runId);
    expect(outputs["link"]).toBe(`http://localhost:3000/answer/${tokenOf(runId, "approver:anna")}`);
  });

  test("that was changed in any place is unknown, before anything is looked up", async () => {
    const { runId } = await callbackRun(steps);
    await workOnRun(runId);
    const before = await fingerprint(runId);
    const token = tokenOf(runId, "choice:approve");
    const turned = [...token].map((char, at) => token.slice(0, at) + (char === "A" ? "B" : "A") + token.slice(at + 1));
    for (const wrong of [...turned, "", "x", token.slice(1), `${token}A`, `${token}=`, "A".repeat(5_000)]) {
      const response = await ask(wrong, { method: "POST", body: "{}" });
      expect(response.status, wrong).toBe(404);
    }
    expect(await fingerprint(runId)).toBe(before);
  });

  test("is looked at by GET, HEAD and OPTIONS as often as you like: nothing changes", async () => {
    const { runId } = await callbackRun(steps);
    await workOnRun(runId);
    const before = await fingerprint(runId);
    const token = tokenOf(runId, "choice:approve");
    for (const method of ["GET", "HEAD", "OPTIONS", "GET"]) await ask(token, { method });
    expect(await fingerprint(runId)).toBe(before);
    const page = await ask(token);
    expect(page.headers.get("content-security-policy")).toMatch(
      /^sandbox allow-forms; default-src 'none'; .*frame-ancestors 'none'; form-action 'self'$/,
    );
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(page.headers.get("set-cookie")).toBeNull();
    const html = await page.text();
    expect(html).toContain("<h1>Approve order 7?</h1>");
    expect(html).toContain('value="approve"');
    expect(html).not.toContain('value="reject"');
    expect((await ask(token, { method: "HEAD" })).status).toBe(200);
  });

  test("shows what an event sent as text, never as markup", async () => {
    const { runId } = await callbackRun(steps, '{"id": "<script>alert(1)</script>"}');
    await workOnRun(runId);
    const html = await (await ask(tokenOf(runId))).text();
    expect(html).toContain("Approve order &lt;script&gt;alert(1)&lt;/script&gt;?");
    expect(html).not.toContain("<script>");
  });

  test("takes no more than 120 requests a minute from one network", async () => {
    const { runId } = await callbackRun(steps);
    const statuses = [];
    for (let count = 0; count < 122; count += 1)
      statuses.push((await ask(tokenOf(runId).slice(1), { ip: "198.51.100.7" })).status);
    expect(statuses.filter((status) => status === 404)).toHaveLength(120);
    expect(statuses.at(-1)).toBe(429);
  });

  test.each([
    ["a choice nobody offers", { choice: "maybe" }, "application/json", 422],
    ["none where there are two", {}, "application/json", 422],
    ["no JSON", '{"choice": ', "application/json", 400],
    ["nested too deep", `{"choice":"approve","x":${"[".repeat(300)}${"]".repeat(300)}}`, "application/json", 400],
    ["another type", "<xml/>", "text/xml", 415],
    ["too much", `{"choice":"approve","x":"${"y".repeat(256 * 1024)}"}`, "application/json", 413],
  ])("refuses %s and waits on", async (_what, body, type, status) => {
    const { runId } = await callbackRun(steps);
    await workOnRun(runId);
    const before = await fingerprint(runId);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await ask(tokenOf(runId), { method: "POST", headers: { "content-type": type }, body: text });
    expect(response.status).toBe(status);
    expect(await fingerprint(runId)).toBe(before);
  });

  test("takes the form of its page with a note", async () => {
    const { runId } = await callbackRun(steps);
    await workOnRun(runId);
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
    const form = new URLSearchParams({ choice: "reject", note: "Too dear, ask again." });
    const response = await ask(tokenOf(runId, "approver:ben"), { method: "POST", headers, body: form });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("Your answer is kept: Reject.");
    await workOnRun(runId);
    expect((await readRunResult(runId)).outputs["after"]).toMatchObject({
      choice: "reject",
      by: "Ben",
      body: { note: "Too dear, ask again." },
    });
  });
});
