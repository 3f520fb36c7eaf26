import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type EnvSource, readEnv } from "#lib/platform/env.ts";
import { settings } from "#lib/platform/settings.ts";

const key = randomBytes(32);

function read(source: EnvSource) {
  const outcome = readEnv(source);
  if (outcome.kind === "refused") throw new Error(outcome.problems.join("\n"));
  return outcome;
}

function problems(source: EnvSource): string[] {
  const outcome = readEnv(source);
  return outcome.kind === "refused" ? outcome.problems : [];
}

test("nothing set gives a web server and a worker on port 3000 with the embedded database", () => {
  const { env, warnings } = read({});
  expect(env).toMatchObject({
    port: 3000,
    publicUrl: "http://localhost:3000",
    dataDir: ".hookline",
    roles: { web: true, worker: true },
  });
  expect(env.databaseUrl).toBeUndefined();
  expect(warnings).toEqual([]);
});

test("an empty variable counts as unset", () => {
  expect(read({ PORT: "", DATABASE_URL: "  " }).env.port).toBe(3000);
});

test("every fallback is a value its own setting accepts", () => {
  for (const setting of Object.values(settings))
    if (setting.fallback !== null)
      expect(setting.schema.safeParse(setting.fallback).success, setting.variable).toBe(true);
});

test("all problems are told together, each with its variable", () => {
  expect(
    problems({
      PORT: "eighty",
      HOOKLINE_BODY_BYTES_MAX: "1",
      HOOKLINE_EGRESS_LOCKED: "perhaps",
      DATABASE_URL: "mysql://x/y",
    }),
  ).toEqual([
    "DATABASE_URL must look like postgresql://user:password@host:5432/database.",
    "PORT must be a whole number.",
    "HOOKLINE_EGRESS_LOCKED must be true or false.",
    "HOOKLINE_BODY_BYTES_MAX must be at least 1024.",
  ]);
});

test("a refused secret is not repeated in the message", () => {
  const source = {
    HOOKLINE_SECRET_KEY: "hunter2hunter2",
    HOOKLINE_ADMIN_PASSWORD: "short-pw",
    DATABASE_URL: "postgresql//u:pw-inside@h/d",
  };
  const text = problems(source).join("\n");
  for (const secret of ["hunter2", "short-pw", "pw-inside"]) expect(text).not.toContain(secret);
  expect(problems(source)).toHaveLength(3);
});

describe("settings that belong together", () => {
  test.each<[string, EnvSource, string]>([
    ["an owner's address without a password", { HOOKLINE_ADMIN_EMAIL: "a@b.co" }, "HOOKLINE_ADMIN_PASSWORD is not set"],
    ["an API key without an owner", { HOOKLINE_ADMIN_API_KEY: `hl_${"a".repeat(32)}` }, "needs HOOKLINE_ADMIN_EMAIL"],
    ["a GitHub id without its secret", { HOOKLINE_GITHUB_CLIENT_ID: "x" }, "HOOKLINE_GITHUB_CLIENT_SECRET is not set"],
    [
      "a web machine without a shared database",
      { HOOKLINE_ROLES: "web", HOOKLINE_SECRET_KEY: key.toString("hex") },
      "needs DATABASE_URL",
    ],
    [
      "a worker machine without the shared key",
      { HOOKLINE_ROLES: "worker", DATABASE_URL: "postgresql://h/d" },
      "needs HOOKLINE_SECRET_KEY",
    ],
  ])("%s is refused", (_, source, message) => {
    expect(problems(source)).toEqual([expect.stringContaining(message)]);
  });

  test("an admin API key of the wrong form is refused", () => {
    const owner = { HOOKLINE_ADMIN_EMAIL: "a@b.co", HOOKLINE_ADMIN_PASSWORD: "correct-horse-battery" };
    expect(problems({ ...owner, HOOKLINE_ADMIN_API_KEY: "x".repeat(40) })).toEqual([
      expect.stringContaining("must be hl_"),
    ]);
    expect(problems({ ...owner, HOOKLINE_ADMIN_API_KEY: `hl_${"a1".repeat(20)}` })).toEqual([]);
  });
});

describe("the secret key", () => {
  test.each([key.toString("hex"), key.toString("base64"), key.toString("base64url")])("is read from %s", (written) => {
    expect(read({ HOOKLINE_SECRET_KEY: written }).env.secretKey).toEqual(key);
  });

  test.each([
    "0".repeat(64),
    Buffer.from("abababababababababababababababab").toString("base64"),
    "secret",
    key.toString("base64").slice(4),
  ])("is refused when it is too short or not random: %s", (written) =>
    expect(problems({ HOOKLINE_SECRET_KEY: written })).toHaveLength(1),
  );
});

describe("network lists", () => {
  test("addresses become ranges and names stay names", () => {
    const { env } = read({
      HOOKLINE_EGRESS_ALLOW: "10.0.0.5, 10.1.0.0/16, ::1, Mail.Internal:25, *.corp.internal, [fd00::1]:8080",
    });
    expect(env.egressAllow).toEqual([
      "10.0.0.5/32",
      "10.1.0.0/16",
      "::1/128",
      "mail.internal:25",
      "*.corp.internal",
      "[fd00::1]:8080",
    ]);
  });

  test.each(["0.0.0.0/0", "::/0", "http://x", "a b", "10.0.0.0/33"])("%s is refused as a private target", (item) => {
    expect(problems({ HOOKLINE_EGRESS_ALLOW: item }).length).toBeGreaterThan(0);
  });

  test.each(["0.0.0.0/0", "proxy.internal", "10.0.0"])("%s is refused as a trusted proxy", (item) => {
    expect(problems({ HOOKLINE_TRUSTED_PROXIES: item })).toHaveLength(1);
  });
});

test("the public address has no path and loses its trailing slash", () => {
  expect(read({ HOOKLINE_URL: "https://hooks.example.com/" }).env.publicUrl).toBe("https://hooks.example.com");
  for (const wrong of [
    "hooks.example.com",
    "https://x.dev/base",
    "https://u:p@x.dev",
    "ftp://x.dev",
    "https://x.dev/?a",
  ])
    expect(problems({ HOOKLINE_URL: wrong }), wrong).toHaveLength(1);
});

test("plain http outside this machine and a misspelt setting are warned about", () => {
  expect(read({ HOOKLINE_URL: "http://hooks.example.com" }).warnings).toEqual([expect.stringContaining("plain http")]);
  expect(read({ HOOKLINE_URL: "http://127.0.0.1:3000" }).warnings).toEqual([]);
  expect(read({ HOOKLINE_TRUSTED_PROXY: "10.0.0.1" }).warnings).toEqual([
    "HOOKLINE_TRUSTED_PROXY is not a setting of Hookline and is ignored.",
  ]);
});
