import { type Logger, pino } from "pino";
import { env } from "./env.ts";
import { singleton } from "./singleton.ts";

/** The ids that tie log lines to one request, event or run. */
export type LogIds = {
  requestId?: string;
  eventId?: string;
  runId?: string;
  stepPath?: string;
  endpointId?: string;
  workspaceId?: string;
  process?: string;
};

/** A log that writes JSON lines; take it as an argument or ask `log()`. */
export type Log = Logger;

/** The log of this process, or its child that carries `ids` on every line; JSON lines on standard output. */
export function log(ids?: LogIds): Log {
  const root = singleton("log", () => makeLog({ level: env().logLevel }));
  return ids === undefined ? root : root.child(ids);
}

/** A log with Hookline's shape and redaction, written to `destination` (standard output when left out). */
export function makeLog(options: { level: string; destination?: { write(line: string): void } }): Log {
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      messageKey: "message",
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths, censor: "[redacted]" },
      serializers: { error: describeError },
      errorKey: "error",
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

/**
 * An error without the objects libraries hang onto it: a database error carries its whole connection, statements and
 * all.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { client: _, ...described } = pino.stdSerializers.err(error) as Record<string, unknown>;
  return described;
}

const redactedKeys = [
  "password",
  "secret",
  "secrets",
  "secretKey",
  "token",
  "apiKey",
  "authorization",
  "cookie",
  "credentials",
  "connectionString",
  "databaseUrl",
];

/** Keys that never reach a log line in clear, at the top and up to two levels down. */
const redactedPaths = redactedKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]).concat('*["set-cookie"]');
