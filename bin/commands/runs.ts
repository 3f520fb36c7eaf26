import { parseArgs } from "node:util";
import { type Command, UsageError } from "../command.ts";

/** `hookline runs resume|replay|cancel`: acts on every run that matches, by the API of a running instance. */
export const command: Command = {
  summary: "Resume, replay or cancel every run that matches.",
  usage: "runs <resume|replay|cancel> [options]",
  details: [
    "Asks a running instance by its API: which runs match is settled first, and exactly these are acted on, oldest",
    "first. Prints how it goes until it has ended. Ends with 0 when every run was acted on, otherwise with 1.",
    "",
    "Options:",
    "  --flow <id>           runs of this flow",
    "  --endpoint <id>       runs of events of this endpoint",
    "  --event-type <type>   runs of events of this type",
    "  --state <list>        states, separated by commas, such as failed,retrying; resume: failed by default",
    "  --failed-step <path>  runs that failed at this step, whichever item of a loop it was",
    "  --error-code <code>   runs that failed with this error",
    "  --from <time>         runs made since, such as 2026-11-30T00:00:00Z; --to <time> before",
    "  --version <version>   original (default), live, or the id of a version of the flow",
    "  --rate <number>       runs a second, 1 to 500; 50 by default",
    "  --dry                 say how many runs match, and do nothing",
    "  --url <url>           the instance's address; http://127.0.0.1:3000 by default",
    "  --key-env <name>      the environment variable that holds the API key; HOOKLINE_API_KEY by default",
  ].join("\n"),
  examples: [
    "npx hookline runs resume --flow <id> --failed-step crm --version live --dry",
    "npx hookline runs cancel --flow <id> --state waiting,retrying",
  ],
  run: (args) => run(args, (line) => void process.stdout.write(`${line}\n`), process.env),
};

const LOOK_EVERY_MS = 1_000;

type Act = { id: string; state: string; total: number; done: number; refused: number; stopReason: string | null };

/** Counts, acts and prints until the act has ended; returns the exit code. Throws UsageError, and Error in words. */
export async function run(
  args: readonly string[],
  print: (line: string) => void,
  environment: Record<string, string | undefined>,
): Promise<number> {
  const { wish, dry, url, keyName } = readArguments(args);
  const key = environment[keyName];
  if (key === undefined || key === "") throw new UsageError(`Put an API key into ${keyName}.`);
  const ask = <Answer>(method: string, path: string, body?: object) => callApi<Answer>(url, key, method, path, body);
  const counted = await ask<Act & { states: Record<string, number> }>("POST", "/bulk-acts", { ...wish, dry: true });
  const states = Object.entries(counted.states).map(([state, count]) => `${count} ${state}`);
  print(`${counted.total} runs match${states.length === 0 ? "" : `: ${states.join(", ")}`}`);
  if (dry || counted.total === 0) return 0;
  let act = await ask<Act>("POST", `/bulk-acts/${counted.id}/start`, {});
  print(progressOf(act));
  while (act.state === "running" || act.state === "paused") {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const before = progressOf(act);
    act = await ask<Act>("GET", `/bulk-acts/${counted.id}`);
    if (progressOf(act) !== before) print(progressOf(act));
  }
  if (act.stopReason !== null) print(act.stopReason);
  const { refusedReasons } = await ask<{ refusedReasons: { words: string; count: number }[] }>(
    "GET",
    `/bulk-acts/${counted.id}`,
  );
  for (const { count, words } of refusedReasons) print(`${count} could not be: ${words}`);
  return act.state === "done" && act.refused === 0 ? 0 : 1;
}

function progressOf({ state, done, refused, total }: Act): string {
  return `${state}: ${done} of ${total} done${refused === 0 ? "" : `, ${refused} refused`}`;
}

async function callApi<Answer>(url: string, key: string, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(new URL(`/api/v1${path}`, url), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new Error(`${url} does not answer (${(error as Error).message})`);
  });
  const answer = (await response.json().catch(() => null)) as { detail?: string } | null;
  if (!response.ok) throw new Error(answer?.detail ?? `${url} answered ${response.status}`);
  return answer as Answer;
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parse(args);
  const [kind, ...more] = positionals;
  if (kind === undefined || more.length > 0 || !["resume", "replay", "cancel"].includes(kind))
    throw new UsageError("Say what is to be done: resume, replay or cancel.");
  if (!/^\d{1,3}$/.test(values.rate)) throw new UsageError("The rate is a whole number from 1 to 500.");
  if (!URL.canParse(values.url)) throw new UsageError(`"${values.url}" is not a URL.`);
  const states = values.state ?? (kind === "resume" ? "failed" : undefined);
  const filter = Object.fromEntries(
    Object.entries({
      flowId: values.flow,
      endpointId: values.endpoint,
      eventType: values["event-type"],
      statuses: states?.split(",").map((state) => state.trim()),
      failedStep: values["failed-step"],
      errorCode: values["error-code"],
      from: values.from,
      to: values.to,
    }).filter(([, value]) => value !== undefined),
  );
  const wish = { kind, filter, version: values.version, perSecond: Number(values.rate) };
  return { wish, dry: values.dry, url: values.url, keyName: values["key-env"] };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        flow: { type: "string" },
        endpoint: { type: "string" },
        "event-type": { type: "string" },
        state: { type: "string" },
        "failed-step": { type: "string" },
        "error-code": { type: "string" },
        from: { type: "string" },
        to: { type: "string" },
        version: { type: "string", default: "original" },
        rate: { type: "string", default: "50" },
        dry: { type: "boolean", default: false },
        url: { type: "string", default: "http://127.0.0.1:3000" },
        "key-env": { type: "string", default: "HOOKLINE_API_KEY" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
