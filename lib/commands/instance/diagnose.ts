import { lookup } from "node:dns/promises";
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import path from "node:path";
import { checkSecretKey } from "#lib/commands/instance/check-secret-key.ts";
import { diagnoseMail } from "#lib/commands/instance/diagnose-mail.ts";
import { GIB, MIB, SECOND } from "#lib/core/units.ts";
import { findMigrationState } from "#lib/db/apply-migrations.ts";
import { getDatabaseFacts } from "#lib/db/diagnosis.ts";
import { readMigrations } from "#lib/db/migrations.ts";
import { findMissingPartitions } from "#lib/db/partitions.ts";
import { findSavedPublicAddress } from "#lib/db/public-address.ts";
import { getQueueState } from "#lib/db/queue-state.ts";
import { withClient } from "#lib/db/with-client.ts";
import type { Env } from "#lib/platform/env.ts";
import { loadSecretKey } from "#lib/platform/secret-key.ts";
import { CANARY_AGE_MAX_MS } from "#lib/upkeep/keep-canary-alarm.ts";

/** One finding: `fail` keeps Hookline from working or from keeping its promises, `note` is worth knowing. */
export type Finding = {
  area: "settings" | "database" | "address" | "mail" | "disk" | "clock";
  level: "ok" | "note" | "fail";
  text: string;
};

const CLOCK_SKEW_MAX_MS = 5 * SECOND;
const DISK_FAIL_BYTES = 512 * MIB;
const DISK_NOTE_BYTES = 5 * GIB;

/** Looks at everything Hookline depends on and says what it finds; changes nothing and sends no mail. */
export async function diagnose(env: Env, databaseUrl: string, now: () => Date): Promise<Finding[]> {
  return [
    ...(await diagnoseDatabase(env, databaseUrl, now)),
    ...(await diagnoseAddress(env, await findShownAddress(env, databaseUrl))),
    ...diagnoseDisk(env.dataDir),
  ];
}

async function diagnoseDatabase(env: Env, databaseUrl: string, now: () => Date): Promise<Finding[]> {
  try {
    return await withClient(databaseUrl, async (client) => {
      const facts = await getDatabaseFacts(client);
      const findings: Finding[] = [{ area: "database", level: "ok", text: `PostgreSQL ${facts.version} answers` }];
      const add = (area: Finding["area"], level: Finding["level"], text: string) =>
        findings.push({ area, level, text });
      if (!facts.fsync || !facts.synchronousCommit)
        add(
          "database",
          "fail",
          "fsync or synchronous_commit is off: accepted events can be lost in a crash; switch both on",
        );
      const wanted = env.databaseConnections * 4;
      if (facts.connectionsMax < wanted)
        add(
          "database",
          "note",
          `max_connections is ${facts.connectionsMax}; one web and one worker may open ${wanted}`,
        );
      const skewMs = Math.abs(facts.now.getTime() - now().getTime());
      add(
        "clock",
        skewMs > CLOCK_SKEW_MAX_MS ? "fail" : "ok",
        `this machine and the database differ by ${(skewMs / SECOND).toFixed(1)} s`,
      );

      const state = await findMigrationState(client, readMigrations());
      if (state.kind === "refused") add("database", "fail", state.message);
      if (state.kind === "pending")
        add("database", "note", `not migrated yet (${state.names.join(", ")}): npm start or hookline migrate does it`);
      if (state.kind !== "current") return findings;
      add(
        "database",
        "ok",
        state.newer.length === 0
          ? "its schema is this version's"
          : `its schema fits; a newer version added ${state.newer.join(", ")}`,
      );

      const missing = await findMissingPartitions(client, facts.now, 1);
      if (missing.length > 0)
        add(
          "database",
          "fail",
          `partitions are missing (${missing.map((each) => each.name).join(", ")}): hookline migrate makes them`,
        );
      findings.push(await diagnoseKey(env, databaseUrl));
      const queue = await getQueueState(client);
      const canaryAge = queue.canaryAgeSeconds;
      if (queue.workersAlive > 0 && (canaryAge ?? Number.POSITIVE_INFINITY) * SECOND > CANARY_AGE_MAX_MS)
        add(
          "database",
          "fail",
          `${describeCanary(canaryAge)}: a worker is alive, but runs do not get through the queue`,
        );
      add("database", "ok", `${queue.byStatus.queued ?? 0} runs queued, ${queue.workersAlive} workers alive`);
      for (const { level, text } of await diagnoseMail(client, new URL(env.publicUrl).hostname))
        add("mail", level, text);
      return findings;
    });
  } catch (error) {
    return [
      {
        area: "database",
        level: "fail",
        text: `does not answer: ${(error as Error).message || (error as NodeJS.ErrnoException).code}`,
      },
    ];
  }
}

function describeCanary(ageSeconds: number | null): string {
  return ageSeconds === null
    ? "no canary run has ever finished"
    : `the last canary run finished ${Math.round(ageSeconds)} s ago`;
}

async function diagnoseKey(env: Env, databaseUrl: string): Promise<Finding> {
  if (env.secretKey === undefined && !existsSync(path.join(env.dataDir, "secret-key")))
    return { area: "settings", level: "note", text: "no secret key yet: the first start makes one" };
  const { key, file, origin } = loadSecretKey(env);
  const name = origin === "environment" ? "HOOKLINE_SECRET_KEY" : file;
  return (await checkSecretKey(databaseUrl, key)) === "fits"
    ? { area: "settings", level: "ok", text: `${name} can decrypt what is stored` }
    : {
        area: "settings",
        level: "fail",
        text: `${name} cannot decrypt what is stored: restore the key this database was used with`,
      };
}

/** HOOKLINE_URL, else the address saved in the application, else this machine's own. */
async function findShownAddress(env: Env, databaseUrl: string): Promise<string> {
  if (env.publicUrlIsSet) return env.publicUrl;
  return (await withClient(databaseUrl, findSavedPublicAddress).catch(() => null)) ?? env.publicUrl;
}

async function diagnoseAddress(env: Env, shown: string): Promise<Finding[]> {
  const { hostname, protocol } = new URL(shown);
  const local = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
  if (local)
    return [
      {
        area: "address",
        level: "note",
        text:
          `${shown} is reached from this machine only; set HOOKLINE_URL, or the public address on an endpoint's ` +
          "page, for senders elsewhere",
      },
    ];
  const findings: Finding[] = [];
  if (protocol === "http:")
    findings.push({ area: "address", level: "fail", text: `${shown} is plain http: secrets travel unencrypted` });
  try {
    const { address } = await lookup(hostname.replace(/^\[|\]$/g, ""));
    findings.push({ area: "address", level: "ok", text: `${hostname} resolves to ${address}` });
  } catch {
    findings.push({ area: "address", level: "fail", text: `${hostname} does not resolve` });
  }
  if (env.trustedProxies.length === 0 && protocol === "https:")
    findings.push({
      area: "address",
      level: "note",
      text: "https with no HOOKLINE_TRUSTED_PROXIES: every sender will appear with the proxy's address",
    });
  return findings;
}

function diagnoseDisk(dataDir: string): Finding[] {
  const folder = existsSync(dataDir) ? dataDir : ".";
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [{ area: "disk", level: "fail", text: `${dataDir} cannot be written by this user` }];
  }
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  const level = freeBytes < DISK_FAIL_BYTES ? "fail" : freeBytes < DISK_NOTE_BYTES ? "note" : "ok";
  return [{ area: "disk", level, text: `${(freeBytes / GIB).toFixed(1)} GiB free in ${dataDir}` }];
}
