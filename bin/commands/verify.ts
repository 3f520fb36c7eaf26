import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { readVector, verifyVector } from "#lib/webhooks/verify-vector.ts";
import { type Command, UsageError } from "../command.ts";

/** Where a command reads and writes; the process's own streams, or a test's. */
export type VerifyStreams = {
  readonly stdin: Readable;
  readonly write: (line: string) => void;
  readonly now: () => Date;
};

/** `hookline verify`: recorded deliveries in, verdicts out, offline. */
export const command: Command = {
  summary: "Verify recorded deliveries, one JSON line each on stdin; offline.",
  usage: "verify [--explain]",
  details: [
    "Reads JSON lines {id, provider, secret | secrets, secretKind?, method, url, headers, rawBody | " +
      "rawBodyBase64, now}",
    "and prints one line {id, ok, reason} for each, in order. A header " +
      "sent twice is a list of values; now is in seconds.",
    "Certificates and key sets come from the secret: nothing is fetched and no database is needed.",
    "--explain adds the checks and, for a signature that does not match, what would make it match.",
    "Ends with 0 when every line could be read, also when some did not verify; with 1 when a line was unreadable.",
  ].join("\n"),
  examples: ["npx hookline verify < vectors.jsonl", "npx hookline verify --explain < one-delivery.json"],
  run: (args) =>
    run(args, { stdin: process.stdin, write: (line) => void process.stdout.write(`${line}\n`), now: () => new Date() }),
};

/** Verifies every line and returns the exit code. */
export async function run(args: readonly string[], streams: VerifyStreams): Promise<number> {
  const unknown = args.find((arg) => arg !== "--explain");
  if (unknown !== undefined) throw new UsageError(`"${unknown}" is not an option of verify.`);
  const explain = args.includes("--explain");
  let unreadable = 0;
  for await (const value of readValues(streams.stdin)) {
    const { readable, line } = await answer(value, explain, streams.now());
    if (!readable) unreadable += 1;
    streams.write(JSON.stringify(line));
  }
  return unreadable === 0 ? 0 : 1;
}

type Answer = { readonly readable: boolean; readonly line: Record<string, unknown> };

async function answer(value: unknown, explain: boolean, now: Date): Promise<Answer> {
  const reading = readVector(value, now);
  if (reading.kind === "invalid")
    return {
      readable: false,
      line: { id: reading.id, ok: false, reason: reading.reason, ...(explain ? { message: reading.message } : {}) },
    };
  const result = await verifyVector(reading.vector);
  const reason = result.kind === "rejected" || result.kind === "unavailable" ? result.reason : result.kind;
  const line = { id: reading.vector.id, ok: result.kind === "verified", reason };
  if (!explain) return { readable: true, line };
  const { diagnose } = await import("#lib/webhooks/diagnose.ts");
  const { provider, request, settings, ports } = reading.vector;
  const diagnosis = result.kind === "verified" ? null : await diagnose(provider, request, settings, ports);
  return {
    readable: true,
    line: {
      ...line,
      message: result.kind === "verified" ? "The request verifies." : result.message,
      checks: result.checks,
      diagnosis,
    },
  };
}

/** JSON lines, or one JSON list over several lines; an unreadable line comes out as undefined. */
async function* readValues(stdin: Readable): AsyncGenerator<unknown> {
  let list: string[] | null = null;
  let first = true;
  for await (const line of createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    if (first && line.trimStart().startsWith("[")) list = [];
    first = false;
    if (list === null) yield parse(line);
    else list.push(line);
  }
  if (list === null) return;
  const values = parse(list.join("\n"));
  if (Array.isArray(values)) yield* values;
  else yield undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
