import type { z } from "zod";
import { BODY_BYTES_MAX } from "#lib/core/size-limits.ts";
import {
  cidrList,
  dnsServerList,
  egressList,
  emailAddress,
  key32,
  oneOf,
  onOff,
  postgresUrl,
  publicOrigin,
  roleList,
  type SettingKind,
  text,
  wholeNumber,
} from "./setting-kinds.ts";

/** One environment variable: its name, values, default, and what a person must know before changing it. */
export type Setting<T> = SettingKind<T> & {
  variable: string;
  group: string;
  meaning: string;
  /** The value used when the variable is unset or empty, as it would be written; null means "not set". */
  fallback: string | null;
  unit?: string;
  danger?: string;
  example?: string;
  /** Never printed: neither in errors nor by `hookline doctor`. */
  secret?: true;
};

type Words = Omit<Setting<unknown>, keyof SettingKind<unknown> | "fallback">;

function required<T>(kind: SettingKind<T>, words: Words & { fallback: string }): Setting<T> & { fallback: string } {
  return { ...kind, ...words };
}

function optional<T>(kind: SettingKind<T>, words: Words): Setting<T> & { fallback: null } {
  return { ...kind, ...words, fallback: null };
}

/** Every setting of Hookline, in the order of the README's table; the key is its name in code. */
export const settings = {
  databaseUrl: optional(postgresUrl, {
    variable: "DATABASE_URL",
    group: "Where it runs",
    meaning: "Your own PostgreSQL (15 or newer). Unset: the embedded PostgreSQL 18, kept in the data folder.",
    danger: "Required as soon as more than one machine takes part.",
    example: "postgresql://hookline:secret@db.internal:5432/hookline",
    secret: true,
  }),
  port: required(wholeNumber(0, 65_535), {
    variable: "PORT",
    group: "Where it runs",
    meaning: "The port the web server listens on; 0 takes any free one.",
    fallback: "3000",
  }),
  host: optional(text(1, 255), {
    variable: "HOOKLINE_HOST",
    group: "Where it runs",
    meaning: "The address the web server binds to. Unset: every interface.",
    example: "127.0.0.1",
  }),
  publicUrl: optional(publicOrigin, {
    variable: "HOOKLINE_URL",
    group: "Where it runs",
    meaning:
      "The address under which people and senders reach Hookline. Unset: the public address saved in the " +
      "application, else http://localhost:PORT.",
    danger: "Webhook URLs, sign-in and links in mail are made from it; use https outside your own machine.",
    example: "https://hooks.example.com",
  }),
  dataDir: required(text(1, 1024), {
    variable: "HOOKLINE_DATA_DIR",
    group: "Where it runs",
    meaning:
      "The folder of the secret key, and of the embedded database unless started as root (then in /var/lib/hookline).",
    fallback: ".hookline",
  }),
  postgresFolder: optional(text(1, 1024), {
    variable: "HOOKLINE_POSTGRES_FOLDER",
    group: "Where it runs",
    meaning:
      "The folder of the embedded database, when it was restored elsewhere; needed once, later starts find it. " +
      "Unset: found by itself.",
    example: "/srv/hookline/postgres",
  }),
  roles: required(roleList, {
    variable: "HOOKLINE_ROLES",
    group: "Where it runs",
    meaning: "What this machine runs: the web server, the worker, or both.",
    danger: "One role alone needs DATABASE_URL and HOOKLINE_SECRET_KEY, the same on every machine.",
    fallback: "web,worker",
  }),
  secretKey: optional(key32, {
    variable: "HOOKLINE_SECRET_KEY",
    group: "Secrets",
    meaning:
      "Encrypts and decrypts every stored credential. Unset: made on the " +
      "first start in the data folder, file mode 600.",
    danger: "Lose it and stored credentials cannot be decrypted again; back it up apart from the database.",
    secret: true,
  }),
  adminEmail: optional(emailAddress, {
    variable: "HOOKLINE_ADMIN_EMAIL",
    group: "First owner, for unattended set-ups",
    meaning: "Makes this owner and a workspace when the database is empty; ignored afterwards.",
    example: "owner@example.com",
  }),
  adminPassword: optional(text(12, 1024), {
    variable: "HOOKLINE_ADMIN_PASSWORD",
    group: "First owner, for unattended set-ups",
    meaning: "The first owner's password.",
    secret: true,
  }),
  adminApiKey: optional(text(32, 256), {
    variable: "HOOKLINE_ADMIN_API_KEY",
    group: "First owner, for unattended set-ups",
    meaning: "An API key with the owner's rights; starts with hl_.",
    secret: true,
  }),
  egressAllow: required(egressList, {
    variable: "HOOKLINE_EGRESS_ALLOW",
    group: "Network",
    meaning: "Private targets that every workspace may call.",
    danger: "Whoever edits a flow can reach these. Cloud metadata addresses stay blocked whatever is written here.",
    fallback: "",
    example: "10.1.0.0/16,mail.internal:25",
  }),
  egressLocked: required(onOff, {
    variable: "HOOKLINE_EGRESS_LOCKED",
    group: "Network",
    meaning: "Takes from owners and admins the right to allow private addresses for their workspace.",
    fallback: "false",
  }),
  dnsServers: required(dnsServerList, {
    variable: "HOOKLINE_DNS_SERVERS",
    group: "Network",
    meaning: "DNS servers that look up what flows call. Unset: those of the system, followed when they change.",
    fallback: "",
    example: "10.0.0.53,[fd00::53]:5353",
  }),
  trustedProxies: required(cidrList, {
    variable: "HOOKLINE_TRUSTED_PROXIES",
    group: "Network",
    meaning: "Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
    danger: "Whoever can connect from these addresses can claim any sender address.",
    fallback: "",
    example: "10.0.0.2,172.16.0.0/12",
  }),
  bodyBytesMax: required(wholeNumber(1024, BODY_BYTES_MAX), {
    variable: "HOOKLINE_BODY_BYTES_MAX",
    group: "Limits",
    meaning: "The largest request body an endpoint accepts; larger ones get 413.",
    unit: "bytes",
    fallback: "1048576",
  }),
  endpointRatePerSecond: required(wholeNumber(1, 1_000_000), {
    variable: "HOOKLINE_ENDPOINT_RATE_PER_SECOND",
    group: "Limits",
    meaning: "Requests one endpoint takes before it answers 429, per web process; an endpoint can set less.",
    unit: "requests per second",
    fallback: "10000",
  }),
  apiRatePerMinute: required(wholeNumber(1, 10_000_000), {
    variable: "HOOKLINE_API_RATE_PER_MINUTE",
    group: "Limits",
    meaning: "REST API requests one key may make before it gets 429, per web process.",
    unit: "requests per minute",
    fallback: "6000",
  }),
  signInAttemptsPerMinute: required(wholeNumber(1, 10_000), {
    variable: "HOOKLINE_SIGN_IN_ATTEMPTS_PER_MINUTE",
    group: "Limits",
    meaning:
      "Sign-in attempts per account from one address before they are refused for a minute; three times as many " +
      "per address and per account. All web processes count together.",
    unit: "attempts per minute",
    fallback: "10",
  }),
  workerConcurrency: required(wholeNumber(1, 500), {
    variable: "HOOKLINE_WORKER_CONCURRENCY",
    group: "Limits",
    meaning:
      "Runs one worker process works on at the same time, without slow ones (over 250 ms): of those it works " +
      "on ten times as many, at most 1,000, and on no more than this number for one flow or target.",
    unit: "runs",
    fallback: "100",
  }),
  startPaused: required(onOff, {
    variable: "HOOKLINE_START_PAUSED",
    group: "Limits",
    meaning:
      "Puts the brake on in every workspace when a worker starts: events are received, nothing is sent until " +
      "somebody releases it. For the first start after a restore.",
    danger: "As long as it is set, each start of a worker puts the brake on again.",
    fallback: "false",
  }),
  sandboxProcesses: required(wholeNumber(1, 64), {
    variable: "HOOKLINE_SANDBOX_PROCESSES",
    group: "Limits",
    meaning: "Child processes that evaluate expressions, per process that evaluates any.",
    unit: "processes",
    fallback: "2",
  }),
  databaseConnections: required(wholeNumber(2, 500), {
    variable: "HOOKLINE_DATABASE_CONNECTIONS",
    group: "Limits",
    meaning: "Database connections one process opens at most.",
    unit: "connections",
    danger: "Multiplied by the number of processes, it must stay below max_connections of your PostgreSQL.",
    fallback: "10",
  }),
  retentionDays: required(wholeNumber(1, 3650), {
    variable: "HOOKLINE_RETENTION_DAYS",
    group: "Limits",
    meaning: "Days after which payloads and step data are dropped, unless a workspace keeps less.",
    unit: "days",
    danger: "What is dropped is gone. What was received is remembered for duplicates for at least 30 days.",
    fallback: "30",
  }),
  githubClientId: optional(text(1, 256), {
    variable: "HOOKLINE_GITHUB_CLIENT_ID",
    group: "Sign-in with others",
    meaning: "GitHub OAuth app; both values switch the button on.",
  }),
  githubClientSecret: optional(text(1, 256), {
    variable: "HOOKLINE_GITHUB_CLIENT_SECRET",
    group: "Sign-in with others",
    meaning: "The GitHub app's secret.",
    secret: true,
  }),
  googleClientId: optional(text(1, 256), {
    variable: "HOOKLINE_GOOGLE_CLIENT_ID",
    group: "Sign-in with others",
    meaning: "Google OAuth client; both values switch the button on.",
  }),
  googleClientSecret: optional(text(1, 256), {
    variable: "HOOKLINE_GOOGLE_CLIENT_SECRET",
    group: "Sign-in with others",
    meaning: "The Google client's secret.",
    secret: true,
  }),
  logLevel: required(oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]), {
    variable: "HOOKLINE_LOG_LEVEL",
    group: "Operations",
    meaning: "The least severe log line that is written (JSON lines on standard output).",
    fallback: "info",
  }),
  workerPort: optional(wholeNumber(0, 65_535), {
    variable: "HOOKLINE_WORKER_PORT",
    group: "Operations",
    meaning: "A port on which the worker answers /healthz, /readyz and /metrics. Unset: it listens nowhere.",
    example: "3001",
  }),
  metricsToken: optional(text(16, 256), {
    variable: "HOOKLINE_METRICS_TOKEN",
    group: "Operations",
    meaning: "Bearer token for /metrics. Unset: /metrics answers only this machine.",
    secret: true,
  }),
} satisfies Record<string, Setting<unknown>>;

/** The key of a setting in code. */
export type SettingKey = keyof typeof settings;

type ValueOf<S> = S extends { schema: z.ZodType<infer T, string>; fallback: infer F }
  ? F extends string
    ? T
    : T | undefined
  : never;

/** The read and checked value of every setting; undefined where an optional one is not set. */
export type SettingValues = { [K in SettingKey]: ValueOf<(typeof settings)[K]> };
