import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { authOptions } from "#lib/auth/auth-options.ts";
import { countSignInAttempt, noteSignIn, refuseManyGuesses } from "#lib/auth/sign-in-limits.ts";
import { createOwner } from "#lib/commands/instance/create-owner.ts";
import { pool } from "#lib/db/pool.ts";
import { keepSignInCounts } from "#lib/upkeep/keep-sign-in-counts.ts";
import type { Guess } from "#tests/support/guess-passwords.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

const PER_MINUTE = 10;
const database = useTestDatabase();
const account = { email: "ada@example.com", password: "correct horse battery" };

beforeEach(async () => {
  await pool().query(
    "TRUNCATE user_account, workspace, member, api_key, audit_entry, instance_setting, sign_in_count CASCADE",
  );
});

async function startWebProcess(): Promise<(guesses: Guess[]) => Promise<string[]>> {
  const child: ChildProcess = fork("tests/support/guess-passwords.ts", [], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { ...process.env, DATABASE_URL: database.url },
  });
  onTestFinished(async () => {
    child.disconnect();
    await once(child, "exit");
  });
  await once(child, "message");
  return async (guesses) => {
    const answered = once(child, "message");
    child.send(guesses);
    return ((await answered) as [string[]])[0];
  };
}

async function attempts(count: number, email: string, clientIp: string): Promise<number> {
  let allowed = 0;
  for (let n = 0; n < count; n += 1) if ((await countSignInAttempt(email, clientIp)).kind === "allowed") allowed += 1;
  return allowed;
}

test("two web processes count together: a second one gives no second helping of guesses", async () => {
  await createOwner(account, { kind: "this machine" });
  const processes = await Promise.all([startWebProcess(), startWebProcess()]);
  const outcomes = await Promise.all(
    processes.map((guess, which) =>
      guess(Array.from({ length: 25 }, (_, n) => [account.email, `guess ${n}`, `198.51.${which}.${n}`])),
    ),
  );
  expect(outcomes.flat().filter((outcome) => outcome === "wrong")).toHaveLength(3 * PER_MINUTE);
  expect(outcomes.flat().filter((outcome) => outcome === "too many attempts")).toHaveLength(20);
});

test("a place the owner signed in from is known to every web process", async () => {
  await createOwner(account, { kind: "this machine" });
  const [one, other] = await Promise.all([startWebProcess(), startWebProcess()]);
  expect(await one([[account.email, account.password, "192.0.2.7"]])).toEqual(["ok"]);
  await other(Array.from({ length: 40 }, (_, n): Guess => [account.email, "guess", `198.51.100.${n}`]));
  expect(await other([[account.email, account.password, "192.0.2.7"]])).toEqual(["ok"]);
  expect(await other([[account.email, account.password, "192.0.2.8"]])).toEqual(["too many attempts"]);
});

test("one address has its number of tries for one account, and three times that for all accounts", async () => {
  expect(await attempts(15, "ada@example.com", "192.0.2.1")).toBe(PER_MINUTE);
  let others = 0;
  for (let n = 0; n < 30; n += 1) others += await attempts(1, `p${n}@example.com`, "192.0.2.1");
  expect(others).toBe(3 * PER_MINUTE - 15);
  expect(await attempts(1, "ada@example.com", "192.0.2.2")).toBe(1);
});

test("a block lasts a minute at most, and is over with its minute", async () => {
  await attempts(PER_MINUTE, "ada@example.com", "192.0.2.1");
  const refused = await countSignInAttempt("ada@example.com", "192.0.2.1");
  expect(refused).toMatchObject({ kind: "refused" });
  const waitMs = refused.kind === "refused" ? refused.retryAfterMs : 0;
  expect(waitMs).toBeGreaterThan(30_000);
  expect(waitMs).toBeLessThanOrEqual(60_000);
  await pool().query("UPDATE sign_in_count SET ends_at = now() - interval '1 ms'");
  expect(await attempts(15, "ada@example.com", "192.0.2.1")).toBe(PER_MINUTE);
});

test("a sign-in that worked gives its address the full number of tries again", async () => {
  await attempts(PER_MINUTE, "ada@example.com", "192.0.2.1");
  await noteSignIn("ada@example.com", "192.0.2.1");
  expect(await countSignInAttempt("ada@example.com", "192.0.2.1")).toEqual({ kind: "allowed" });
});

test("an IPv6 network of 64 bits is one address, and so is IPv4 written as IPv6", async () => {
  let allowed = 0;
  for (let n = 1; n <= 20; n += 1) allowed += await attempts(1, "ada@example.com", `2001:db8:0:1::${n.toString(16)}`);
  expect(allowed).toBe(PER_MINUTE);
  expect(await attempts(1, "ada@example.com", "2001:db8:0:2::1")).toBe(1);
  expect(
    (await attempts(8, "eve@example.com", "192.0.2.9")) + (await attempts(8, "eve@example.com", "::ffff:192.0.2.9")),
  ).toBe(PER_MINUTE);
});

test("guesses at the set-up token and at the current password are counted by themselves", async () => {
  for (let n = 0; n < PER_MINUTE; n += 1) await refuseManyGuesses("set-up token", "192.0.2.1");
  await expect(refuseManyGuesses("set-up token", "192.0.2.1")).rejects.toMatchObject({ code: "too-many-attempts" });
  await refuseManyGuesses("set-up token", "192.0.2.2");
  await refuseManyGuesses("current password", "192.0.2.1");
  expect(await countSignInAttempt("ada@example.com", "192.0.2.1")).toEqual({ kind: "allowed" });
});

test("nobody signs in while attempts cannot be counted, and no visitor learns why", async () => {
  await createOwner(account, { kind: "this machine" });
  await pool().query("ALTER TABLE sign_in_count RENAME TO away");
  onTestFinished(async () => void (await pool().query("ALTER TABLE away RENAME TO sign_in_count")));
  const [provider] = authOptions(new Headers()).providers as unknown as {
    options: { authorize(given: object): Promise<unknown> };
  }[];
  await expect(provider?.options.authorize(account)).rejects.toThrow(/^Unavailable$/);
});

test("the table holds no address or e-mail, few rows for a flood, and loses them when they have ended", async () => {
  await attempts(500, "ada@example.com", "192.0.2.1");
  for (let n = 0; n < 100; n += 1) await countSignInAttempt(`p${n}@example.com`, "192.0.2.1");
  await noteSignIn("ada@example.com", "192.0.2.1");
  const { rows } = await pool().query("SELECT * FROM sign_in_count");
  expect(JSON.stringify(rows)).not.toMatch(/ada|example|192\.0\.2/);
  expect(rows.length).toBeLessThanOrEqual(4);
  await pool().query("UPDATE sign_in_count SET ends_at = now() - interval '1 ms' WHERE attempts > 0");
  const upkeep = keepSignInCounts();
  onTestFinished(() => upkeep.stop());
  await expect
    .poll(async () => (await pool().query("SELECT attempts FROM sign_in_count")).rows)
    .toEqual([{ attempts: 0 }]);
});

test("an attempt costs one short statement", async () => {
  const times: number[] = [];
  for (let n = 0; n < 300; n += 1) {
    const startedMs = performance.now();
    await countSignInAttempt(`p${n}@example.com`, `198.51.${n % 200}.1`);
    times.push(performance.now() - startedMs);
  }
  times.sort((a, b) => a - b);
  console.info(`counting a sign-in attempt: p50 ${times[150]?.toFixed(2)} ms, p99 ${times[297]?.toFixed(2)} ms`);
  expect(times[150]).toBeLessThan(25);
});
