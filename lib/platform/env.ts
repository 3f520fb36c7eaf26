import { type SettingKey, type SettingValues, settings } from "./settings.ts";
import { singleton } from "./singleton.ts";

/** The settings of this process, with what follows from them filled in. */
export type Env = Readonly<Omit<SettingValues, "publicUrl">> & {
  /** Public base without a trailing slash, such as `https://hooks.example.com`. */
  readonly publicUrl: string;
  /** True when the person set HOOKLINE_URL instead of leaving it to PORT. */
  readonly publicUrlIsSet: boolean;
  readonly production: boolean;
};

/**
 * What reading the environment ended in: the settings, or every problem found, one sentence each, no secret in them.
 */
export type EnvOutcome = { kind: "read"; env: Env; warnings: string[] } | { kind: "refused"; problems: string[] };

/** The environment variables a reading starts from. */
export type EnvSource = Readonly<Record<string, string | undefined>>;

/** Thrown when the settings are wrong; its message is meant for the person who wrote them. */
export class SettingsRefused extends Error {
  override readonly name = "SettingsRefused";
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`Hookline cannot start with these settings:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** The settings of this process, read once; throws SettingsRefused when they are wrong. */
export function env(): Env {
  return singleton("env", () => readEnvOrThrow(process.env));
}

/** Reads settings from `source` and throws SettingsRefused with all problems at once. */
export function readEnvOrThrow(source: EnvSource): Env {
  const outcome = readEnv(source);
  if (outcome.kind === "refused") throw new SettingsRefused(outcome.problems);
  return outcome.env;
}

/** Reads and cross-checks every setting; pure, reports all problems together. */
export function readEnv(source: EnvSource): EnvOutcome {
  const values: Partial<Record<SettingKey, unknown>> = {};
  const problems: string[] = [];
  for (const key of Object.keys(settings) as SettingKey[]) {
    const setting = settings[key];
    const written = source[setting.variable]?.trim() || setting.fallback;
    if (written === null) continue;
    const outcome = setting.schema.safeParse(written);
    if (outcome.success) values[key] = outcome.data;
    else for (const issue of outcome.error.issues) problems.push(`${setting.variable} ${issue.message}.`);
  }
  if (problems.length > 0) return { kind: "refused", problems };

  const read = values as SettingValues;
  const crossed = crossCheck(read);
  if (crossed.length > 0) return { kind: "refused", problems: crossed };
  const env: Env = {
    ...read,
    publicUrl: read.publicUrl ?? `http://localhost:${read.port}`,
    publicUrlIsSet: read.publicUrl !== undefined,
    production: source.NODE_ENV === "production",
  };
  return { kind: "read", env, warnings: warn(env, source) };
}

function crossCheck(read: SettingValues): string[] {
  const problems: string[] = [];
  const together = (...keys: SettingKey[]) => {
    const missing = keys.filter((key) => read[key] === undefined);
    if (missing.length === 0 || missing.length === keys.length) return;
    const names = keys.map((key) => settings[key].variable).join(" and ");
    problems.push(`${names} belong together: ${missing.map((key) => settings[key].variable).join(", ")} is not set.`);
  };
  together("adminEmail", "adminPassword");
  together("githubClientId", "githubClientSecret");
  together("googleClientId", "googleClientSecret");
  if (read.adminApiKey !== undefined && read.adminEmail === undefined)
    problems.push("HOOKLINE_ADMIN_API_KEY needs HOOKLINE_ADMIN_EMAIL and HOOKLINE_ADMIN_PASSWORD.");
  if (read.adminApiKey !== undefined && !/^hl_[A-Za-z0-9_-]{29,}$/.test(read.adminApiKey))
    problems.push("HOOKLINE_ADMIN_API_KEY must be hl_ followed by at least 29 letters, digits, - or _.");
  if (!(read.roles.web && read.roles.worker)) {
    const role = read.roles.web ? "web" : "worker";
    if (read.databaseUrl === undefined)
      problems.push(`HOOKLINE_ROLES=${role} needs DATABASE_URL: the embedded database serves one machine only.`);
    if (read.secretKey === undefined)
      problems.push(`HOOKLINE_ROLES=${role} needs HOOKLINE_SECRET_KEY: every machine must use the same key.`);
  }
  return problems;
}

function warn(env: Env, source: EnvSource): string[] {
  const warnings: string[] = [];
  const host = new URL(env.publicUrl).hostname;
  const local = host === "localhost" || host === "[::1]" || host.startsWith("127.");
  if (env.publicUrl.startsWith("http:") && !local)
    warnings.push("HOOKLINE_URL is plain http: passwords and webhook secrets travel unencrypted. Use https.");
  const known = new Set<string>(Object.values(settings).map((setting) => setting.variable));
  for (const name of Object.keys(source))
    if (name.startsWith("HOOKLINE_") && !known.has(name) && !internalVariables.has(name))
      warnings.push(`${name} is not a setting of Hookline and is ignored.`);
  return warnings;
}

/** Variables Hookline's own processes hand to each other; not settings, never documented for people. */
export const internalVariables = new Set([
  "HOOKLINE_DIST_DIR",
  "HOOKLINE_TEST_CLUSTER",
  "HOOKLINE_SETUP_TOKEN",
  "HOOKLINE_CHROMIUM",
  "HOOKLINE_STORM_KILLS",
]);
