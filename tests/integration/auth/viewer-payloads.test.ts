import { encode } from "next-auth/jwt";
import { isValidElement, type ReactNode } from "react";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createApi } from "#lib/api/create-api.ts";
import { PAGE_POLICY, ROUTE_POLICY } from "#lib/auth/door-policy.ts";
import { API_POLICY } from "#lib/auth/policy.ts";
import { sessionSecret } from "#lib/auth/session-secret.ts";
import { newId } from "#lib/core/ids.ts";
import { CAPABILITIES, type Capability, may, type Role } from "#lib/core/roles.ts";
import { pool } from "#lib/db/pool.ts";
import { insertUser } from "#lib/db/users.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { makeTenant, type Tenant } from "#tests/integration/api/tenant.ts";
import { appendPart, keptSteps, keptTries } from "#tests/support/kept-journal.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

let request = new Headers();
vi.mock("next/headers", () => ({
  headers: async () => request,
  cookies: async () => ({ get: (name: string) => ({ name, value: "" }) }),
}));
vi.mock("next/cache", () => ({ revalidatePath: () => undefined, revalidateTag: () => undefined }));

useTestDatabase();
const api = createApi();
let tenant: Tenant;
let mailId = "";
const users = { viewer: newId(), editor: newId() };

/** Stands in every place that a sender or a flow's data fills, with the name of the place. */
const leak = (place: string) => `payload-value-of-${place}`;
/** Says as much as a value to whoever guesses it. */
const HASH = Buffer.alloc(32, 7);
const LEAK = new RegExp(`payload-value-of-[a-z-]+|${HASH.toString("hex")}`, "g");

beforeAll(async () => {
  tenant = await makeTenant("ours");
  const { workspaceId } = tenant.owner;
  for (const role of ["viewer", "editor"] as const) {
    await insertUser({ id: users[role], email: `${role}@example.com`, passwordHash: null });
    await pool().query("INSERT INTO member (workspace_id, user_id, role) VALUES ($1, $2, $3)", [
      workspaceId,
      users[role],
      role,
    ]);
  }
  await fillWithPayload(tenant);
});
afterAll(closeSandbox);

async function fillWithPayload({ owner: { workspaceId }, ids }: Tenant): Promise<void> {
  const checks = JSON.stringify([{ id: "body-schema", status: "failed", message: leak("check") }]);
  const rechecks = JSON.stringify([
    {
      at: new Date().toISOString(),
      verification: "not verified",
      message: leak("recheck"),
      checks: JSON.parse(checks),
    },
  ]);
  const headers = JSON.stringify([["X-Note", leak("header")]]);
  const body = Buffer.from(JSON.stringify({ note: leak("body") }));
  const run = (sql: string, ...values: unknown[]) => pool().query(sql, values);
  await run("UPDATE event SET delivery_id = $2 WHERE id = $1", ids.eventId, leak("delivery-id"));
  await run(
    "UPDATE event_payload SET query = $2, headers = $3, checks = $4, rechecks = $5, body = $6 WHERE event_id = $1",
    ids.eventId,
    leak("query"),
    headers,
    checks,
    rechecks,
    body,
  );
  await run(
    "UPDATE request SET query = $2, headers = $3, checks = $4, rechecks = $5, body = $6, message = $7 WHERE id = $1",
    ids.requestId,
    leak("refused-query"),
    headers,
    checks,
    rechecks,
    body,
    leak("refusal"),
  );
  await run(
    "UPDATE run SET name = $2, error_message = $3 WHERE id = $1",
    ids.runId,
    leak("run-name"),
    leak("run-error"),
  );
  await run("UPDATE request SET path = path || '/' || $2 WHERE id = $1", ids.requestId, leak("appended-path"));
  await run("UPDATE request SET body_sha256 = $2 WHERE id = $1", ids.requestId, HASH);
  const tries = [...(await keptTries(ids.runId)).values()].flat().map(({ row }) => row);
  await appendPart(
    { runId: ids.runId, workspaceId },
    {
      steps: (await keptSteps(ids.runId)).map((row) => ({ ...row, errorMessage: leak("step-error") })),
      attempts: tries.map((row) => ({ ...row, errorMessage: leak("try-error") })),
    },
  );
  await run("UPDATE step_data SET data = $2 WHERE id = $1", ids.valueId, JSON.stringify({ note: leak("step-value") }));
  await run(
    `INSERT INTO event_answer (event_id, workspace_id, given, given_ms, status, headers, body, run_id, path)
     VALUES ($1, $2, 'computed', 5, 200, '[]', $3, $4, 'note')`,
    ids.eventId,
    workspaceId,
    leak("answer"),
    ids.runId,
  );
  mailId = newId();
  await run(
    `INSERT INTO outbox_mail (id, workspace_id, message_id, sender, recipients, subject, raw)
     VALUES ($1, $2, 'm1', $3, $4, $5, $6)`,
    mailId,
    workspaceId,
    leak("mail-sender"),
    JSON.stringify([leak("mail-recipient")]),
    leak("mail-subject"),
    Buffer.from(`Subject: ${leak("mail-raw")}\r\n\r\n${leak("mail-text")}`),
  );
}

async function actAs(role: "viewer" | "editor"): Promise<Headers> {
  const { rows } = await pool().query("SELECT session_version FROM user_account WHERE id = $1", [users[role]]);
  const token = { sub: users[role], sid: newId(), sessionVersion: rows[0].session_version };
  const cookie = `hookline.session=${await encode({ token, secret: sessionSecret(), maxAge: 60 })}`;
  request = new Headers({ host: "localhost", origin: "http://localhost", cookie });
  return request;
}

const open = (access: string): access is Capability => access in CAPABILITIES && may("viewer", access as Capability);
const leaksIn = (text: string): string[] => [...new Set(text.match(LEAK) ?? [])].sort();

const pages = import.meta.glob<{ default: (props: object) => Promise<ReactNode> }>("../../../app/**/page.tsx");
const routes = import.meta.glob<Record<string, (request: Request, context: object) => Promise<Response>>>(
  "../../../app/api/**/route.ts",
);

/** Everything a tree of elements carries to the browser; parts that load for themselves are loaded. */
async function textOf(node: unknown, seen = new Set<unknown>()): Promise<string> {
  if (node === null || node === undefined || typeof node === "boolean" || typeof node === "function") return "";
  if (typeof node !== "object") return `${String(node)}\n`;
  if (seen.has(node)) return "";
  seen.add(node);
  if (node instanceof Promise) return textOf(await node, seen);
  let text = "";
  if (isValidElement(node)) {
    const { type, props } = node as { type: unknown; props: object };
    if (typeof type === "function" && type.constructor.name === "AsyncFunction")
      text += await textOf(await (type as (props: object) => Promise<unknown>)(props), seen);
    return text + (await textOf(props, seen));
  }
  for (const part of node instanceof Map ? [...node] : Object.values(node)) text += await textOf(part, seen);
  return text;
}

async function openPage(page: string, role: "viewer" | "editor"): Promise<string[]> {
  const file = Object.keys(pages).find(
    (name) =>
      (name
        .replace("../../../app", "")
        .replace(/\/\([^)]*\)/g, "")
        .replace(/\/page\.tsx$/, "") || "/") === page,
  );
  const { default: Page } = (await pages[file ?? ""]?.()) ?? {};
  if (Page === undefined) throw new Error(`no file for ${page}`);
  await actAs(role);
  const found = new Set<string>();
  // The inspector and the Outbox open one of theirs by the address.
  for (const search of [{}, { request: tenant.ids.eventId }, { request: tenant.ids.requestId }, { mail: mailId }]) {
    const props = { params: Promise.resolve(tenant.ids), searchParams: Promise.resolve(search) };
    for (const place of leaksIn(await textOf(await Page(props)))) found.add(place);
  }
  return [...found].sort();
}

async function callRoute(route: string, role: "viewer" | "editor"): Promise<string[]> {
  const handlers = await routes[`../../../app${route}/route.ts`]?.();
  const found = new Set<string>();
  for (const requestId of [tenant.ids.eventId, tenant.ids.requestId]) {
    const abort = new AbortController();
    const asked = new Request(`http://localhost${route}`, { headers: await actAs(role), signal: abort.signal });
    const params = Promise.resolve({ ...tenant.ids, requestId, index: "0" });
    const response = await handlers?.GET?.(asked, { params });
    for (const place of leaksIn((await response?.text()) ?? "")) found.add(place);
  }
  return [...found].sort();
}

async function callApi(name: string, role: Role): Promise<string[]> {
  const path = name.replace("GET ", "").replace(/\{(\w+)\}/g, (_, key: string) => {
    return key === "number" ? "1" : tenant.ids[key as keyof Tenant["ids"]];
  });
  const headers = { authorization: `Bearer ${tenant.keys[role]}` };
  const response = await api.request(`/api/v1${path}`, { headers });
  return leaksIn(await response.text());
}

describe("a viewer is shown no value of a payload", () => {
  test.each(Object.entries(PAGE_POLICY).filter(([, access]) => open(access)))("by the page %s", async (page) => {
    expect(await openPage(page, "viewer")).toEqual([]);
  });

  const reads = Object.entries(ROUTE_POLICY).flatMap(([route, methods]) =>
    route.startsWith("/api/ui") && "GET" in methods ? [route] : [],
  );
  test.each(reads)("by the route %s", async (route) => {
    expect(await callRoute(route, "viewer")).toEqual([]);
  });

  test.each(Object.keys(API_POLICY).filter((name) => name.startsWith("GET ")))("by the API's %s", async (name) => {
    expect(await callApi(name, "viewer")).toEqual([]);
  });

  test("and may not find out by searching", async () => {
    const search = async (role: Role, text: string): Promise<number> => {
      const headers = { authorization: `Bearer ${tenant.keys[role]}` };
      const answer = await api.request(`/api/v1/runs?search=${encodeURIComponent(text)}`, { headers });
      return ((await answer.json()) as { items: unknown[] }).items.length;
    };
    expect([await search("viewer", leak("run-name")), await search("editor", leak("run-name"))]).toEqual([0, 1]);
    expect(await search("viewer", tenant.ids.runId)).toBe(1);
    for (const [role, count] of [
      ["viewer", 0],
      ["editor", 1],
    ] as const) {
      await actAs(role);
      const { loadRuns } = await import("#lib/loaders/runs.ts");
      const { readRunSearch } = await import("#lib/engine/run-search.ts");
      const found = await loadRuns(readRunSearch({ q: leak("run-name") }), null, new Date());
      expect([role, found.runs.length]).toEqual([role, count]);
    }
  });
});

test("an editor is shown all of them, so this test would see a leak", async () => {
  const seen = new Set<string>();
  for (const [page, access] of Object.entries(PAGE_POLICY))
    if (open(access)) for (const place of await openPage(page, "editor")) seen.add(place);
  for (const name of Object.keys(API_POLICY))
    if (name.startsWith("GET ")) for (const place of await callApi(name, "editor")) seen.add(place);
  const places = [
    ...["check", "recheck", "header", "body", "delivery-id", "query", "refused-query", "refusal", "appended-path"],
    ...["run-name", "run-error", "step-error", "try-error", "step-value", "answer"],
    ...["mail-sender", "mail-recipient", "mail-subject", "mail-raw", "mail-text"],
  ];
  expect([...seen].sort()).toEqual([...places.map(leak), HASH.toString("hex")].sort());
});

test("a run that waits for what it calls names it to editors alone", async () => {
  const { owner, ids } = tenant;
  await pool().query(
    "INSERT INTO held_back_run (run_id, workspace_id, gate_kind, gate_key) VALUES ($1, $2, 'target', $3)",
    [ids.runId, owner.workspaceId, `${leak("target")}:443`],
  );
  await pool().query("UPDATE run SET status = 'queued', finished_at = NULL WHERE id = $1", [ids.runId]);
  expect(await callApi("GET /runs/{runId}", "viewer")).toEqual([]);
  expect(await callApi("GET /runs/{runId}", "editor")).toContain(leak("target"));
});
