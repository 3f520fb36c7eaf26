import { randomUUID } from "node:crypto";
import { decode, encode } from "next-auth/jwt";
import { beforeAll, expect, test } from "vitest";
import { actorFromApiKey, forgetCachedKeys } from "#lib/auth/actor-from-api-key.ts";
import { authOptions } from "#lib/auth/auth-options.ts";
import { forgetCachedSession, readSession } from "#lib/auth/read-session.ts";
import { sessionSecret } from "#lib/auth/session-secret.ts";
import { changePassword, endSessions } from "#lib/commands/instance/change-password.ts";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import { createOwner } from "#lib/commands/instance/create-owner.ts";
import { revokeApiKey } from "#lib/commands/instance/revoke-api-key.ts";
import type { Actor } from "#lib/core/actor.ts";
import { pool } from "#lib/db/pool.ts";
import { findUser } from "#lib/db/users.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();
let owner: Actor;

beforeAll(async () => {
  owner = await createOwner({ email: "ada@example.com", password: "correct horse battery" }, { kind: "this machine" });
});

async function token(claims: object, secret = sessionSecret(), maxAge = 60): Promise<string> {
  return encode({ token: { sid: randomUUID(), ...claims }, secret, maxAge });
}
const cookie = (value: string) => new Headers({ cookie: `theme=dark; hookline.session=${value}; x=y` });

test("knows a person by the cookie, with what they may do now", async () => {
  const sent = cookie(await token({ sub: owner.id, sessionVersion: 1 }));
  expect((await readSession(sent))?.current).toMatchObject({ workspaceId: owner.workspaceId, role: "owner" });
});

test.each<[string, () => Promise<string>]>([
  ["nothing", async () => ""],
  ["not a token", async () => "abc.def"],
  ["another instance's token", () => token({ sub: owner.id, sessionVersion: 1 }, "another secret")],
  ["a token that ran out", () => token({ sub: owner.id, sessionVersion: 1 }, sessionSecret(), -60)],
  ["an older session version", () => token({ sub: owner.id, sessionVersion: 0 })],
  ["a session version of another type", () => token({ sub: owner.id, sessionVersion: "1" })],
  ["no session id", () => token({ sub: owner.id, sessionVersion: 1, sid: null })],
  ["no session version", () => token({ sub: owner.id })],
  ["an account that is gone", () => token({ sub: "01890000-0000-7000-8000-000000000000", sessionVersion: 1 })],
  ["a subject that is no id", () => token({ sub: "' OR 1=1", sessionVersion: 1 })],
  [
    "an unsigned JWT",
    async () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      return `${part({ alg: "none" })}.${part({ sub: owner.id, sessionVersion: 1 })}.`;
    },
  ],
  ["percent signs that decode to nothing", async () => "%E0%A4%A"],
  ["ten thousand letters", async () => "a".repeat(10_000)],
])("takes %s for nobody", async (_what, make) => {
  expect(await readSession(cookie(await make()))).toBeNull();
});

test("does not take the plain cookie where the browser came by HTTPS", async () => {
  const sent = cookie(await token({ sub: owner.id, sessionVersion: 1 }));
  sent.set("x-forwarded-proto", "https");
  expect(await readSession(sent)).toBeNull();
});

test("ends one session for good when it signs out, and no other", async () => {
  const [left, kept] = [
    await token({ sub: owner.id, sessionVersion: 1 }),
    await token({ sub: owner.id, sessionVersion: 1 }),
  ];
  const claims = await decode({ token: left, secret: sessionSecret() });
  const start = new Date();
  expect(await readSession(cookie(left), start)).not.toBeNull();
  await authOptions(new Headers()).events?.signOut?.({ token: claims ?? {}, session: { expires: "" } });
  expect(await readSession(cookie(left))).toBeNull();
  expect(await readSession(cookie(kept))).not.toBeNull();
  const renew = async (text: string) =>
    authOptions(new Headers()).callbacks?.jwt?.({
      token: (await decode({ token: text, secret: sessionSecret() })) ?? {},
    } as Parameters<NonNullable<NonNullable<ReturnType<typeof authOptions>["callbacks"]>["jwt"]>>[0]);
  await expect(renew(left)).rejects.toThrow("ended");
  expect(await renew(kept)).toMatchObject({ sub: owner.id });
});

test("ends every session when asked, at once here and within 5 s everywhere", async () => {
  const sent = cookie(await token({ sub: owner.id, sessionVersion: 1 }));
  const start = new Date();
  expect(await readSession(sent, start)).not.toBeNull();
  await endSessions(owner);
  expect(await readSession(sent, new Date(start.getTime() + 5_000))).toBeNull();
  forgetCachedSession(owner.id);
  expect(await readSession(sent)).toBeNull();
});

test("changes a password only with the present one, and ends every session by it", async () => {
  await expect(changePassword(owner, "wrong", "another long password")).rejects.toMatchObject({
    problems: [{ field: "present" }],
  });
  await expect(changePassword(owner, "correct horse battery", "short")).rejects.toMatchObject({
    problems: [{ field: "next" }],
  });
  const before = await findUser(owner.id);
  await changePassword(owner, "correct horse battery", "another long password");
  expect((await findUser(owner.id))?.sessionVersion).toBe((before?.sessionVersion ?? 0) + 1);
});

test("knows an API key, not what resembles one, and forgets a revoked one", async () => {
  const { id, key } = await createApiKey(owner, { name: "CI", role: "editor" });
  expect(key).toMatch(/^hl_[A-Za-z0-9_-]{43}$/);
  expect(await actorFromApiKey(`Bearer ${key}`)).toEqual({
    kind: "apiKey",
    id,
    workspaceId: owner.workspaceId,
    role: "editor",
  });
  for (const wrong of [
    null,
    "",
    "Bearer",
    `Basic ${key}`,
    key,
    `Bearer ${key}x`,
    `Bearer ${key.slice(0, -1)}`,
    "Bearer %E0%A4",
    `Bearer ${key.toUpperCase()}`,
    `Bearer ${"h".repeat(9_999)}`,
  ])
    expect(await actorFromApiKey(wrong)).toBeNull();
  const stored = await pool().query("SELECT a::text FROM api_key a");
  expect(JSON.stringify(stored.rows)).not.toContain(key);

  const start = new Date();
  await actorFromApiKey(`Bearer ${key}`, start);
  await revokeApiKey(owner, id);
  expect(await actorFromApiKey(`Bearer ${key}`, new Date(start.getTime() + 5_000))).toBeNull();
});

test("never lets a key do more than its maker may now", async () => {
  const { key } = await createApiKey(owner, { name: "admin's", role: "owner" });
  const role = async () => {
    forgetCachedKeys();
    return (await actorFromApiKey(`Bearer ${key}`))?.role ?? null;
  };
  expect(await role()).toBe("owner");
  await pool().query("UPDATE member SET role = 'viewer'");
  expect(await role()).toBe("viewer");
  await pool().query("DELETE FROM member");
  expect(await role()).toBeNull();
});

test("makes no key above its maker's role, and none for keys or editors", async () => {
  const admin: Actor = { ...owner, role: "admin" };
  await expect(createApiKey(admin, { name: "x", role: "owner" })).rejects.toMatchObject({ name: "ForbiddenError" });
  await expect(createApiKey({ ...owner, role: "editor" }, { name: "x", role: "viewer" })).rejects.toMatchObject({
    name: "ForbiddenError",
  });
  await expect(createApiKey({ ...owner, kind: "apiKey" }, { name: "x", role: "viewer" })).rejects.toMatchObject({
    name: "ForbiddenError",
  });
  await expect(
    createApiKey(owner, { name: "x", role: "viewer", workspaceId: owner.workspaceId }),
  ).rejects.toMatchObject({
    name: "InvalidInputError",
  });
});
