import { readFileSync } from "node:fs";
import path from "node:path";
import { requireActor } from "#lib/auth/require-actor.ts";
import { isAtLeast } from "#lib/core/roles.ts";
import { getDatabaseFacts } from "#lib/db/diagnosis.ts";
import { pool } from "#lib/db/pool.ts";
import { env } from "#lib/platform/env.ts";
import { publicUrl } from "#lib/platform/public-url.ts";
import { type SettingKey, settings } from "#lib/platform/settings.ts";

/** One setting as the About page shows it; a secret's value is only whether there is one. */
export type ShownSetting = { group: string; variable: string; meaning: string; value: string; isDefault: boolean };

/** The version of everything this instance consists of, and its settings for admins and owners (null for others). */
export async function loadAbout(): Promise<{ versions: [string, string][]; settings: ShownSetting[] | null }> {
  const actor = await requireActor();
  const { version } = JSON.parse(readFileSync(path.join(process.cwd(), "package.json"), "utf8")) as { version: string };
  return {
    versions: [
      ["Hookline", version],
      ["Node.js", process.versions.node],
      ["PostgreSQL", (await getDatabaseFacts(pool())).version],
      ["Address", publicUrl()],
    ],
    settings: isAtLeast(actor.role, "admin") ? (Object.keys(settings) as SettingKey[]).map(showSetting) : null,
  };
}

function showSetting(key: SettingKey): ShownSetting {
  const { group, variable, meaning, fallback, ...rest } = settings[key];
  const written = process.env[variable]?.trim() || null;
  const isSecret = "secret" in rest && rest.secret === true;
  const value = isSecret
    ? env()[key] === undefined
      ? "not set"
      : "set, not shown"
    : (written ?? fallback ?? "not set");
  return { group, variable, meaning, value: value === "" ? "none" : value, isDefault: written === null };
}
