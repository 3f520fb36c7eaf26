import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ACTION_POLICY, PAGE_POLICY, ROUTE_POLICY } from "#lib/auth/door-policy.ts";
import type { Access } from "#lib/auth/policy.ts";
import { forgetCachedSession } from "#lib/auth/read-session.ts";
import { sessionSecret } from "#lib/auth/session-secret.ts";
import { newId } from "#lib/core/ids.ts";
import { CAPABILITIES, type Capability, may, ROLES, type Role } from "#lib/core/roles.ts";
import { pool } from "#lib/db/pool.ts";
import { insertUser } from "#lib/db/users.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { makeTenant, type Tenant } from "#tests/integration/api/tenant.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

// Next gives a request to pages and actions through its own store; here it is this variable.
let request = new Headers();
vi.mock("next/headers", () => ({
  headers: async () => request,
  cookies: async () => ({
    get: (name: string) => ({
      name,
      value: new RegExp(`${name}=([^;]*)`).exec(request.get("cookie") ?? "")?.[1] ?? "",
    }),
  }),
}));
vi.mock("next/cache", () => ({ revalidatePath: () => undefined, revalidateTag: () => undefined }));

useTestDatabase();
let ours: Tenant;
let theirs: Tenant;
const users = {} as Record<Role, string>;

/** An event with a file, for each workspace. */
const fileEvents = new Map<Tenant, string>();

beforeAll(async () => {
  [ours, theirs] = [await makeTenant("ours"), await makeTenant("theirs")];
  for (const tenant of [ours, theirs]) fileEvents.set(tenant, await insertFileEvent(tenant));
  for (const role of ROLES) {
    users[role] = newId();
    await insertUser({ id: users[role], email: `${role}@example.com`, passwordHash: null });
    await pool().query("INSERT INTO member (workspace_id, user_id, role) VALUES ($1, $2, $3)", [
      ours.owner.workspaceId,
      users[role],
      role,
    ]);
  }
});
beforeEach(() => {
  request = new Headers({ host: "localhost" });
});
afterAll(closeSandbox);

async function headersOf(role: Role | null): Promise<Headers> {
  const headers = new Headers({ host: "localhost", origin: "http://localhost" });
  if (role === null) return headers;
  const { rows } = await pool().query("SELECT session_version FROM user_account WHERE id = $1", [users[role]]);
  const token = await encode({
    token: { sub: users[role], sid: newId(), sessionVersion: rows[0].session_version },
    secret: sessionSecret(),
    maxAge: 60,
  });
  headers.set("cookie", `hookline.session=${token}`);
  return headers;
}

/** Where Next's redirect() leads, "not found" for notFound(), "shown" for a page that renders. */
async function outcomeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return "shown";
  } catch (error) {
    const digest = String((error as { digest?: unknown }).digest);
    if (digest.startsWith("NEXT_REDIRECT")) return digest.split(";")[2] ?? "";
    if (digest === "NEXT_HTTP_ERROR_FALLBACK;404") return "not found";
    throw error;
  }
}

const isCapability = (access: Access): access is Capability => access in CAPABILITIES;
const files = import.meta.glob<{ default: (props: object) => unknown }>("../../../app/**/page.tsx");
const routes = import.meta.glob<Record<string, (request: Request, context: object) => Promise<Response>>>(
  "../../../app/api/**/route.ts",
);
const actionFiles = import.meta.glob<Record<string, (...args: unknown[]) => Promise<unknown>>>(
  "../../../app/**/*actions.ts",
);
const fileOfPage = (page: string) =>
  Object.keys(files).find(
    (file) =>
      (file
        .replace("../../../app", "")
        .replace(/\/\([^)]*\)/g, "")
        .replace(/\/page\.tsx$/, "") || "/") === page,
  ) ?? "";

describe.each(Object.entries(PAGE_POLICY).filter(([, access]) => isCapability(access) || access === "own account"))(
  "page %s",
  (page) => {
    const open = async (tenant: Tenant) => {
      const load = files[fileOfPage(page)];
      if (load === undefined) throw new Error(`no file for ${page}`);
      const { default: Page } = await load();
      return outcomeOf(() => Page({ params: Promise.resolve(tenant.ids), searchParams: Promise.resolve({}) }));
    };
    test("sends who is not signed in to sign-in, and back afterwards", async () => {
      request = await headersOf(null);
      request.set("x-hookline-path", "/some/page?x=1");
      // The frame of all these pages asks first; a page that shows nothing of a workspace may leave it to the frame.
      const [frame, outcome] = [
        await outcomeOf(async () => (await import("#app/(app)/layout.tsx")).default({ children: null })),
        await open(ours),
      ];
      expect(frame).toBe("/sign-in?callbackUrl=%2Fsome%2Fpage%3Fx%3D1");
      if (page !== "/design") expect(outcome).toBe("/sign-in?callbackUrl=%2Fsome%2Fpage%3Fx%3D1");
    });
    test("shows members their own and nothing of another workspace", async () => {
      request = await headersOf("viewer");
      expect(await open(ours)).toBe("shown");
      if (page.includes("[")) expect(await open(theirs)).toBe("not found");
    });
  },
);

describe.each(Object.entries(ROUTE_POLICY).filter(([route]) => route.startsWith("/api/ui") || route === "/api/live"))(
  "route %s",
  (route, methods) => {
    test.each(Object.entries(methods))("%s keeps to its policy", async (method, access) => {
      const handlers = await routes[`../../../app${route}/route.ts`]?.();
      if (handlers === undefined) throw new Error(`no file for ${route}`);
      const call = async (role: Role | null, tenant: Tenant, change: (headers: Headers) => void = () => undefined) => {
        const headers = await headersOf(role);
        change(headers);
        const abort = new AbortController();
        const body = method === "GET" ? {} : { body: JSON.stringify({ flowId: tenant.ids.flowId, question: {} }) };
        const response = await handlers[method]?.(
          new Request(`http://localhost${route}?topics=runs`, { method, headers, signal: abort.signal, ...body }),
          { params: Promise.resolve({ ...tenant.ids, requestId: requestOf(route, tenant), index: "0" }) },
        );
        abort.abort();
        return response?.status;
      };
      expect(await call(null, ours)).toBe(401);
      expect(await call("owner", ours, (headers) => headers.delete("cookie"))).toBe(401);
      expect(
        await call(
          "owner",
          ours,
          (headers) => headers.set("authorization", `Bearer ${ours.keys.owner}`) ?? headers.delete("cookie"),
        ),
      ).toBe(401);
      if (method !== "GET")
        for (const origin of [
          "https://evil.example",
          "null",
          "http://sub.localhost",
          "http://localhost.evil.example",
          null,
        ])
          expect(
            await call("owner", ours, (headers) =>
              origin === null ? headers.delete("origin") : headers.set("origin", origin),
            ),
          ).toBe(401);
      for (const role of ROLES) {
        const status = await call(role, ours);
        if (isCapability(access) && !may(role, access))
          expect([role, [403, 404].includes(status ?? 0)]).toEqual([role, true]);
        else expect([role, [401, 403, 404].includes(status ?? 0)]).toEqual([role, false]);
      }
      if (route.includes("[")) expect(await call("owner", theirs)).toBe(404);
    });
  },
);

/** The request a route is asked about: one with a file where it hands out files. */
function requestOf(route: string, tenant: Tenant): string {
  return (route.includes("/files/") ? fileEvents.get(tenant) : undefined) ?? tenant.ids.eventId;
}

async function insertFileEvent({ owner, ids }: Tenant): Promise<string> {
  const [id, type] = [newId(), "multipart/form-data; boundary=B"];
  const body = Buffer.from(
    '--B\r\ncontent-disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhello\r\n--B--\r\n',
  );
  await pool().query(
    `INSERT INTO event (id, workspace_id, endpoint_id, dedupe_key, verdict, verification, method, content_type,
                        body_bytes, body_sha256, received_at)
     VALUES ($1, $2, $3, $1::uuid::text, 'accepted', 'verified', 'POST', $4, $5, sha256($6), now())`,
    [id, owner.workspaceId, ids.endpointId, type, body.length, body],
  );
  await pool().query(
    "INSERT INTO event_payload (event_id, workspace_id, path, query, headers, body) VALUES ($1, $2, '/', '', $3, $4)",
    [id, owner.workspaceId, JSON.stringify([["content-type", type]]), body],
  );
  return id;
}

const actions = Object.entries(ACTION_POLICY).flatMap(([file, names]) =>
  Object.entries(names).map(([name, access]) => [file, name, access as Access] as const),
);

describe.each(actions.filter(([, , access]) => access !== "set-up"))("action %s %s", (file, name, access) => {
  const call = async (): Promise<unknown> => {
    const action = (await actionFiles[`../../../${file}`]?.())?.[name];
    if (action === undefined) throw new Error(`no action ${name} in ${file}`);
    const id = newId();
    return action(id, {}, id);
  };
  test("sends who is not signed in to sign-in", async () => {
    request = await headersOf(null);
    expect(await outcomeOf(call)).toBe("/sign-in");
  });
  if (isCapability(access))
    test("refuses roles below its capability and nobody else", async () => {
      for (const role of ROLES) {
        request = await headersOf(role);
        const result = (await call().catch((error: unknown) => ({ kind: "fault", error }))) as {
          kind?: string;
          code?: string;
          message?: string;
        } | null;
        const isForbidden =
          result?.kind === "refused" &&
          (result.code === "forbidden" || result.message?.startsWith("Your role does not allow") === true);
        expect([role, isForbidden]).toEqual([role, !may(role, access)]);
      }
    });
});

test("acts on one's own account only", async () => {
  const { endSessionsAction } = await import("#app/(app)/settings/account/actions.ts");
  request = await headersOf("editor");
  expect(await endSessionsAction()).toEqual({ kind: "ok", value: undefined });
  const { rows } = await pool().query("SELECT id FROM user_account WHERE session_version > 1");
  expect(rows).toEqual([{ id: users.editor }]);
  forgetCachedSession(users.editor);
});

test("counts somebody removed from every workspace as signed out within 5 s", async () => {
  request = await headersOf("viewer");
  const { requireActor } = await import("#lib/auth/require-actor.ts");
  expect(await requireActor()).toMatchObject({ role: "viewer" });
  await pool().query("DELETE FROM member WHERE user_id = $1", [users.viewer]);
  await vi.waitFor(async () => expect(await outcomeOf(requireActor)).toBe("/sign-in?error=NoWorkspace"), {
    timeout: 5_000,
    interval: 200,
  });
});
