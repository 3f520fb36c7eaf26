import type { Readable } from "node:stream";
import { createSandbox, type Sandbox } from "#lib/sandbox/create-sandbox.ts";
import type { Outcome } from "#lib/sandbox/protocol.ts";
import { type Command, UsageError } from "../command.ts";
import { readLines } from "../read-lines.ts";

const childrenCount = 3;
/** Fewer than children, so that a line's time is its own and never the wait behind another. */
const inFlightMax = 2;
const lineCharsMax = 8 * 1024 * 1024;

/** Where a command reads and writes; the process's own streams, or a test's. `write` resolves when more may come. */
export type EvalStreams = {
  readonly stdin: Readable;
  readonly write: (line: string) => Promise<void>;
  readonly now: () => Date;
};

/** `hookline eval`: JSONata expressions through the same sandbox that runs flows. */
export const command: Command = {
  summary: "Evaluate JSONata expressions, one JSON line each on stdin.",
  usage: "eval",
  details: [
    "Reads JSON lines {id, expression, input, now?} and prints one line for each, in order:",
    "{id, ok: true, value, ms}, or {id, ok: true, nothing: true, ms} where the expression gives nothing,",
    "or {id, ok: false, error: {code, message, position?}, ms}. $now() is the time of now, else the present;",
    "$random() is drawn from the id. An expression is stopped after one second. No database is needed.",
    "Ends with 0 when every line could be read, also when some failed; with 1 when a line was unreadable.",
  ].join("\n"),
  examples: [
    `echo '{"id":1,"expression":"$sum(items.price)","input":{"items":[{"price":2},{"price":3}]}}' | npx hookline eval`,
  ],
  run: (args) => run(args, { stdin: process.stdin, write: writeOut, now: () => new Date() }),
};

/** Evaluates every line and returns the exit code. Memory stays bounded however many lines come. */
export async function run(args: readonly string[], streams: EvalStreams): Promise<number> {
  const [unknown] = args;
  if (unknown !== undefined) throw new UsageError(`"${unknown}" is not an option of eval.`);
  const sandbox = createSandbox({ children: childrenCount });
  try {
    await sandbox.ready();
    return await evaluateLines(sandbox, streams);
  } finally {
    await sandbox.close();
  }
}

async function evaluateLines(sandbox: Sandbox, streams: EvalStreams): Promise<number> {
  const answers: Promise<Answer>[] = [];
  let unreadable = 0;
  const writeFirst = async () => {
    const answer = await answers.shift();
    if (answer === undefined) return;
    if (!answer.readable) unreadable += 1;
    await streams.write(JSON.stringify(answer.line));
  };
  for await (const line of readLines(streams.stdin, lineCharsMax)) {
    if (line.kind === "line" && line.text.trim() === "") continue;
    answers.push(
      line.kind === "line"
        ? answerLine(sandbox, line.text, streams.now)
        : Promise.resolve(bad(null, `The line is longer than ${lineCharsMax} characters.`)),
    );
    if (answers.length >= inFlightMax) await writeFirst();
  }
  while (answers.length > 0) await writeFirst();
  return unreadable === 0 ? 0 : 1;
}

type Answer = { readonly readable: boolean; readonly line: Record<string, unknown> };
type Request = { id: unknown; expression: string; input: unknown; now: string };

async function answerLine(sandbox: Sandbox, text: string, now: () => Date): Promise<Answer> {
  const request = readRequest(text, now);
  if ("readable" in request) return request;
  // After a kill a new child warms up first: that is not the expression's time.
  await sandbox.ready();
  const startedAt = performance.now();
  const [outcome] = await sandbox.evaluate({
    expressions: [{ id: JSON.stringify(request.id), source: request.expression }],
    contextJson: request.input === undefined ? "" : JSON.stringify(request.input),
    now: request.now,
    seed: "eval",
  });
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  return { readable: true, line: { id: request.id, ...describe(outcome ?? { kind: "timeout" }), ms } };
}

function readRequest(text: string, now: () => Date): Request | Answer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad(null, "The line is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return bad(null, "The line is not a JSON object.");
  const { id = null, expression, input, now: at } = value as Record<string, unknown>;
  if (typeof expression !== "string") return bad(id, "The line has no expression, which must be a text.");
  if (at !== undefined && (typeof at !== "string" || Number.isNaN(Date.parse(at))))
    return bad(id, "now is not an ISO 8601 time.");
  return { id, expression, input, now: typeof at === "string" ? new Date(at).toISOString() : now().toISOString() };
}

function bad(id: unknown, message: string): Answer {
  return { readable: false, line: { id, ok: false, error: { code: "bad-line", message }, ms: 0 } };
}

function describe(outcome: Outcome): Record<string, unknown> {
  switch (outcome.kind) {
    case "value":
      return { ok: true, value: JSON.parse(outcome.json) as unknown };
    case "nothing":
      return { ok: true, nothing: true };
    case "error": {
      const { kind: _, ...error } = outcome;
      return { ok: false, error };
    }
    case "timeout":
      return { ok: false, error: { code: "timeout", message: "Stopped after 1 s: this expression does not end." } };
    case "memory":
      return { ok: false, error: { code: "memory", message: "Stopped: this expression needs too much memory." } };
    case "too-large":
      return { ok: false, error: { code: "too-large", message: tooLarge[outcome.limit] } };
  }
}

const tooLarge: Record<Extract<Outcome, { kind: "too-large" }>["limit"], string> = {
  source: "The expression is longer than 8 KB.",
  context: "The input is larger than 4 MB.",
  result: "The result is larger than 256 KB.",
  depth: "The result nests deeper than 64 levels.",
};

function writeOut(line: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(`${line}\n`)) resolve();
    else process.stdout.once("drain", resolve);
  });
}
