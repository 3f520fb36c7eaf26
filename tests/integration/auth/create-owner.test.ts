import { beforeEach, expect, test } from "vitest";
import { actorFromApiKey, forgetCachedKeys } from "#lib/auth/actor-from-api-key.ts";
import { checkCredentials } from "#lib/auth/check-credentials.ts";
import { bootstrapInstance } from "#lib/commands/instance/bootstrap-instance.ts";
import { createOwner } from "#lib/commands/instance/create-owner.ts";
import { issueSetupToken } from "#lib/commands/instance/issue-setup-token.ts";
import { resetPassword } from "#lib/commands/instance/reset-password.ts";
import { pool } from "#lib/db/pool.ts";
import { countUsers, findUserByEmail } from "#lib/db/users.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();
const account = { email: "Ada@Example.com ", password: "correct horse battery" };

beforeEach(async () => {
  await pool().query(
    "TRUNCATE user_account, workspace, member, api_key, audit_entry, instance_setting, sign_in_count CASCADE",
  );
  forgetCachedKeys();
});

test("makes one owner out of twenty set-ups at once", async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) =>
      createOwner({ ...account, email: `p${n}@example.com` }, { kind: "this machine" }),
    ),
  );
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  for (const outcome of outcomes)
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "already-set-up" });
  const { rows } = await pool().query(
    `SELECT (SELECT count(*)::int FROM user_account) u, (SELECT count(*)::int FROM workspace) w,
            (SELECT string_agg(role, ',') FROM member) r`,
  );
  expect(rows).toEqual([{ u: 1, w: 1, r: "owner" }]);
});

test("takes the token printed last, once", async () => {
  const [first, second] = [await issueSetupToken(), await issueSetupToken()];
  for (const token of [first ?? "", "", "x".repeat(32), `${second}x`])
    await expect(createOwner(account, { kind: "token", token })).rejects.toMatchObject({
      problems: [{ field: "token" }],
    });
  expect(await countUsers()).toBe(0);
  const { rows } = await pool().query("SELECT value FROM instance_setting");
  expect(JSON.stringify(rows)).not.toContain(second);

  await createOwner(account, { kind: "token", token: second ?? "" });
  expect(await issueSetupToken()).toBeNull();
  await expect(
    createOwner({ ...account, email: "eve@example.com" }, { kind: "token", token: second ?? "" }),
  ).rejects.toMatchObject({
    code: "already-set-up",
  });
  expect(await countUsers()).toBe(1);
});

test.each([
  [{}, ["email", "password"]],
  [{ email: "ada", password: "correct horse battery" }, ["email"]],
  [{ email: "ada@example.com", password: "short" }, ["password"]],
  [{ ...account, role: "owner" }, [""]],
  [{ email: { not: "" }, password: [""] }, ["email", "password"]],
  [null, [""]],
])("refuses %j by field", async (input, fields) => {
  const problems = await createOwner(input, { kind: "this machine" }).then(
    () => [],
    (error: { problems: { field: string }[] }) => [...new Set(error.problems.map(({ field }) => field))],
  );
  expect(problems).toEqual(fields);
});

test("bootstraps an empty database once, with an API key of the owner's rights", async () => {
  const adminApiKey = `hl_${"k".repeat(40)}`;
  const settings = { adminEmail: "owner@example.com", adminPassword: "a long enough one", adminApiKey };
  const outcomes = await Promise.all([
    bootstrapInstance(settings),
    bootstrapInstance(settings),
    bootstrapInstance(settings),
  ]);
  expect(outcomes.filter((outcome) => outcome === "made")).toHaveLength(1);
  expect(await bootstrapInstance({ ...settings, adminEmail: "eve@example.com" })).toBe("nothing to do");
  expect(await actorFromApiKey(`Bearer ${adminApiKey}`)).toMatchObject({ kind: "apiKey", role: "owner" });
  expect(await checkCredentials("OWNER@example.com", "a long enough one", "192.0.2.1")).toMatchObject({ kind: "ok" });
  expect((await findUserByEmail("owner@example.com"))?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test("bootstraps nothing without settings, and never on a database that has an account", async () => {
  expect(await bootstrapInstance({})).toBe("nothing to do");
  await createOwner(account, { kind: "this machine" });
  expect(await bootstrapInstance({ adminEmail: "eve@example.com", adminPassword: "a long enough one" })).toBe(
    "nothing to do",
  );
  expect(await findUserByEmail("eve@example.com")).toBeNull();
});

test("gives a new password from the command line and ends every session", async () => {
  await createOwner(account, { kind: "this machine" });
  const before = await findUserByEmail(account.email);
  const password = await resetPassword("ADA@example.com");
  expect((await findUserByEmail(account.email))?.sessionVersion).toBe((before?.sessionVersion ?? 0) + 1);
  expect(await checkCredentials(account.email, account.password, "192.0.2.1")).toMatchObject({
    kind: "refused",
    reason: "wrong",
  });
  expect(await checkCredentials(account.email, password, "192.0.2.1")).toMatchObject({ kind: "ok" });
  await expect(resetPassword("nobody@example.com")).rejects.toMatchObject({ name: "NotFoundError" });
  await expect(resetPassword(account.email, "short")).rejects.toMatchObject({ name: "InvalidInputError" });
});

test("stops guessing by address and by account, and never keeps the owner out of a known place", async () => {
  await createOwner(account, { kind: "this machine" });
  expect(await checkCredentials(account.email, account.password, "192.0.2.7")).toMatchObject({ kind: "ok" });
  const guesses = [];
  for (let n = 0; n < 40; n += 1) guesses.push(await checkCredentials(account.email, `guess ${n}`, `198.51.100.${n}`));
  const refused = guesses.filter((guess) => guess.kind === "refused" && guess.reason === "too many attempts");
  expect(refused).toHaveLength(11);
  for (const guess of refused) expect((guess as { retryAfterMs: number }).retryAfterMs).toBeLessThanOrEqual(60_000);
  expect(await checkCredentials(account.email, account.password, "192.0.2.7")).toMatchObject({ kind: "ok" });

  const others = [];
  for (let n = 0; n < 31; n += 1) others.push(await checkCredentials(`p${n}@example.com`, "guess", "203.0.113.1"));
  expect(others.at(-1)).toMatchObject({ reason: "too many attempts" });
});
