import { beforeAll, expect, test } from "vitest";
import { authOptions } from "#lib/auth/auth-options.ts";
import { findUserForOauth } from "#lib/auth/oauth-profile.ts";
import { createOwner } from "#lib/commands/instance/create-owner.ts";
import type { Actor } from "#lib/core/actor.ts";
import { countUsers } from "#lib/db/users.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();
let owner: Actor;

beforeAll(async () => {
  owner = await createOwner({ email: "ada@example.com", password: "correct horse battery" }, { kind: "this machine" });
});

const signIn = (provider: string, profile: object) => {
  const user = { id: "7" };
  const account = { type: "oauth" as const, provider, providerAccountId: "7" };
  return Promise.resolve(authOptions(new Headers()).callbacks?.signIn?.({ user, account, profile })).then(
    (allowed) => ({
      allowed,
      user,
    }),
  );
};

test.each([
  ["google", { email: "ada@example.com" }],
  ["google", { email: "ada@example.com", email_verified: false }],
  ["google", { email: "ada@example.com", email_verified: "true" }],
  ["google", { email: "eve@example.com", email_verified: true }],
  ["github", { email: "ada@example.com" }],
  ["github", { email: "ada@example.com", email_verified: true }],
  ["github", { verified_email: ["ada@example.com"] }],
  ["github", {}],
])("lets nobody in by %s with %j, and makes no account", async (provider, profile) => {
  expect((await signIn(provider, profile)).allowed).toBe(false);
  expect(await countUsers()).toBe(1);
});

test("lets the owner of a verified address in, and knows the account from then on whatever its address", async () => {
  expect(await signIn("github", { verified_email: "ADA@example.com" })).toMatchObject({
    allowed: true,
    user: { id: owner.id, sessionVersion: 1 },
  });
  expect((await signIn("github", {})).user.id).toBe(owner.id);
  expect((await signIn("google", {})).allowed).toBe(false);
  expect(await findUserForOauth({ provider: "github", accountId: "8", verifiedEmail: null })).toBeNull();
});
