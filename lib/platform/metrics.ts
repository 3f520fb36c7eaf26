import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { singleton } from "./singleton.ts";

/** The process's metrics; `registry.metrics()` is the text Prometheus reads. */
export type Metrics = ReturnType<typeof makeMetrics>;

/** The one set of metrics of this process; labels are closed lists, never ids, tokens or anything a sender chooses. */
export function metrics(): Metrics {
  return singleton("metrics", makeMetrics);
}

const LATENCY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function makeMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    /** Requests that reached an endpoint, by what became of them; reason is "" unless refused. */
    requests: new Counter({
      name: "hookline_requests_total",
      help: "Requests to endpoints, by verdict and reason of refusal",
      labelNames: ["verdict", "reason"],
      registers,
    }),
    /** Requests whose token belongs to no endpoint: counted, never stored. */
    unknownTokens: new Counter({
      name: "hookline_unknown_tokens_total",
      help: "Requests to /in/ with a token that belongs to no endpoint",
      registers,
    }),
    /** Requests of which nobody can say which endpoint they were for, by what was wrong with them. */
    unreadableRequests: new Counter({
      name: "hookline_unreadable_requests_total",
      help: "Requests that could not be read far enough to say whose they were, by what was wrong",
      labelNames: ["reason"],
      registers,
    }),
    /** From the last byte read to the answer written, for accepted requests. */
    acceptSeconds: new Histogram({
      name: "hookline_accept_seconds",
      help: "Time from a request's last byte to its answer, accepted requests",
      buckets: LATENCY_SECONDS,
      registers,
    }),
    /** Answers where a flow computes them: "computed", or why the fallback was given. */
    computedAnswers: new Counter({
      name: "hookline_computed_answers_total",
      help: "Answers of endpoints where a flow answers, by what was given: computed, or the reason for the fallback",
      labelNames: ["given"],
      registers,
    }),
    /** Senders that wait for a flow's answer in this process. */
    answersWaiting: new Gauge({
      name: "hookline_answers_waiting",
      help: "Senders that wait for a flow's answer",
      registers,
    }),
    /** Events written by one group commit. */
    acceptBatch: new Histogram({
      name: "hookline_accept_batch_events",
      help: "Events per group commit",
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
      registers,
    }),
    /** Runs that reached a terminal state in this process. */
    runsFinished: new Counter({
      name: "hookline_runs_finished_total",
      help: "Runs finished by this process, by state",
      labelNames: ["status"],
      registers,
    }),
    /** From the run's creation to its first claim. */
    runStartSeconds: new Histogram({
      name: "hookline_run_start_seconds",
      help: "Time from a run's creation to its first claim",
      buckets: LATENCY_SECONDS,
      registers,
    }),
    /** Tries at effects, by action and outcome (done, failed, unknown). */
    attempts: new Counter({
      name: "hookline_attempts_total",
      help: "Tries at effects, by action and outcome",
      labelNames: ["action", "outcome"],
      registers,
    }),
    /** Runs taken over because the worker that held them fell silent. */
    runsTakenOver: new Counter({
      name: "hookline_runs_taken_over_total",
      help: "Runs whose lease was taken from a silent worker",
      registers,
    }),
    /** Expression children killed at their deadline or memory limit. */
    sandboxKills: new Counter({
      name: "hookline_sandbox_kills_total",
      help: "Expression processes killed, by cause",
      labelNames: ["cause"],
      registers,
    }),
    /** Runs under way by state, read from the database when asked. */
    runs: new Gauge({
      name: "hookline_runs",
      help: "Runs under way in the database, by state",
      labelNames: ["status"],
      registers,
    }),
    /** Runs that wait for a place, by what has none for them; read from the database when asked. */
    runsHeldBack: new Gauge({
      name: "hookline_runs_held_back",
      help: "Runs held back because too many slow ones go on already, by what they share: flow, workspace or target",
      labelNames: ["by"],
      registers,
    }),
    /** Age of the oldest run that waits for its first claim. */
    oldestQueuedSeconds: new Gauge({
      name: "hookline_oldest_queued_run_seconds",
      help: "Age of the oldest queued run; 0 when none waits",
      registers,
    }),
    /** Worker pools that beat in the last seconds. */
    workersAlive: new Gauge({
      name: "hookline_workers_alive",
      help: "Worker processes whose heartbeat is fresh",
      registers,
    }),
    /** Age of the last proof that runs go through the queue: the number to alert on when work stands still. */
    canaryAgeSeconds: new Gauge({
      name: "hookline_canary_age_seconds",
      help: "Seconds since a worker last took a canary run through queue, claim and finish; +Inf when none ever did",
      registers,
    }),
    /** 1 when the process is ready, else 0. */
    ready: new Gauge({ name: "hookline_ready", help: "1 when /readyz answers 200", registers }),
  };
}
