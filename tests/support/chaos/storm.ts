import { afterEach } from "vitest";
import { type Audit, audit, failures, settle, stuckRuns } from "#tests/support/chaos/audit.ts";
import { killInTurn, type Victim } from "#tests/support/chaos/kill-in-turn.ts";
import { sendEvents } from "#tests/support/chaos/send-events.ts";
import { type Stage, setStage } from "#tests/support/chaos/stage.ts";
import { flowOf } from "#tests/support/memory-run.ts";

const CONCURRENCY = 8;
const EVENTS_MAX = 1_000_000;
const SETTLE_MS_PER_KILL = 1_000;

const twoSteps = (url: string) =>
  flowOf([
    {
      kind: "action",
      id: "map",
      name: "Map",
      action: "transform",
      input: { value: '{ "delivery": trigger.body.delivery, "items": $count(trigger.body.list) }' },
    },
    {
      kind: "action",
      id: "call",
      name: "Call",
      action: "http.request",
      input: {
        method: "POST",
        url: `${url}/call`,
        body: {
          kind: "json",
          json:
            '{ "delivery": {{ steps.map.delivery }}, "items": {{ steps.map.items }}, ' +
            '"at": "{{ $now() }}", "chance": {{ $random() }} }',
        },
      },
    },
  ]);

/** A fixed order of victims, so that two runs of a test do the same. */
const VICTIMS: readonly Victim[] = ["worker", "postgres", "door", "worker", "postgres", "all"];

/** What a storm is like: `plant` is a file the door loads first, `victims` are killed in turn. */
export type StormOptions = { plant?: string; victims?: readonly Victim[]; answerMs?: number };

/** Kills so many times while events come, waits until all is worked off, prints and gives what the auditor counted. */
export type Storm = (title: string, kills: number, options?: StormOptions) => Promise<Audit>;

/** Storms for the tests of a file, each on a stage of its own that ends with its test. Call at the top of the file. */
export function useStorms(): Storm {
  let stage: Stage | null = null;
  afterEach(async () => {
    await stage?.end();
    stage = null;
  });
  return async (title, kills, { plant, victims = VICTIMS, answerMs = 20 } = {}) => {
    stage = await setStage({
      flow: twoSteps,
      workers: 2,
      concurrency: CONCURRENCY,
      ...(plant === undefined ? {} : { plant }),
    });
    const result = await rage(stage, kills, victims, answerMs);
    await report(stage, title, result);
    return result;
  };
}

async function rage(stage: Stage, kills: number, victims: readonly Victim[], answerMs: number): Promise<Audit> {
  const { workers, sink } = stage;
  // Slow enough that every kill finds runs under way.
  sink.answer((_, count) => ({ status: 200, afterMs: count === 1 ? answerMs : 0 }));
  let over = false;
  const beganMs = performance.now();
  const sending = sendEvents(stage.url, { connections: 12, isOver: () => over, max: EVENTS_MAX, everyMs: 60 });
  await killInTurn(stage, kills, victims);
  over = true;
  const acks = await sending;
  const killedMs = performance.now();
  // What piled up while workers and database were down takes its time, the more the longer it lasted.
  await settle(45_000 + kills * SETTLE_MS_PER_KILL);
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  process.stdout.write(
    `killed for ${seconds(killedMs - beganMs)} s, settled in ${seconds(performance.now() - killedMs)} s\n`,
  );
  return audit(acks, sink.hits(), (kills + 1) * workers.length * CONCURRENCY);
}

async function report({ workers }: Stage, title: string, result: Audit): Promise<void> {
  process.stdout.write(`${title}: ${JSON.stringify(result)}\n`);
  const faults = workers.flatMap(({ lines }) => lines.filter((line) => line.includes("working on a run failed")));
  if (faults.length > 0) process.stdout.write(`faults of our own: ${faults.slice(0, 20).join("\n")}\n`);
  if (result.failed > 0) process.stdout.write(`why runs failed: ${JSON.stringify(await failures())}\n`);
  if (result.unfinished === 0) return;
  process.stdout.write(`what is stuck: ${JSON.stringify(await stuckRuns())}\n`);
  for (const { pid, starts, lines } of workers)
    process.stdout.write(`worker ${pid()}, started ${starts()} times, said last:\n${lines.slice(-40).join("\n")}\n`);
}
