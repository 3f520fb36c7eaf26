import { z } from "@hono/zod-openapi";
import { idSchema, pageOf, pageQuery, toPage } from "#lib/api/fields.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import {
  dataIdsOf,
  runSchema,
  runStateSchema,
  runWithStepsSchema,
  toDeviations,
  toHeldBack,
  toRun,
  toStepRun,
} from "#lib/api/run-answer.ts";
import { cancelRun } from "#lib/commands/runs/cancel-run.ts";
import type { VersionChoice } from "#lib/commands/runs/choose-version.ts";
import { decideStep, STEP_DECISIONS } from "#lib/commands/runs/decide-step.ts";
import { previewResume } from "#lib/commands/runs/plan-resume.ts";
import { readRunDeviations } from "#lib/commands/runs/read-run-deviations.ts";
import { replayRun } from "#lib/commands/runs/replay-run.ts";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import { type Actor, personOf } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { JsonText } from "#lib/core/json-text.ts";
import { findVerification } from "#lib/db/events.ts";
import { findHeldBack } from "#lib/db/held-back-runs.ts";
import { listRuns } from "#lib/db/run-list.ts";
import { findRun, type Run } from "#lib/db/runs.ts";
import { findStepData } from "#lib/db/step-data.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import { STEP_FATES } from "#lib/engine/move-run.ts";
import { describeMove } from "#lib/engine/move-words.ts";
import { seesPayloads } from "#lib/views/payload-mask.ts";

/** Runs of more steps are shown without their values, which are read one by one. */
const STEPS_WITH_VALUES_MAX = 50;

const params = z.strictObject({ runId: idSchema });
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const tag = "Runs";
const versionChoice = z.union([z.enum(["original", "live"]), idSchema]);

const resumePreviewSchema = z.object({
  version: z.object({ id: z.string(), number: z.number().int() }),
  steps: z.array(
    z.object({
      stepId: z.string(),
      name: z.string(),
      fate: z.enum(STEP_FATES),
      moved: z.boolean().openapi({ description: "It stands elsewhere in that version." }),
      times: z.number().int().openapi({ description: "At how many items of a loop." }),
      says: z.string(),
    }),
  ),
});

function toVersionChoice(version: z.infer<typeof versionChoice>): VersionChoice {
  return version === "original" || version === "live" ? version : { id: version };
}

const filters = {
  status: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(runStateSchema).min(1))
    .openapi({ type: "string", description: "States, separated by commas." })
    .optional(),
  kind: z.enum(["event", "replay", "test"]).optional(),
  flowId: idSchema.optional(),
  endpointId: idSchema.optional(),
  eventId: idSchema.optional(),
  replayOf: idSchema.optional(),
  eventType: z.string().min(1).max(200).optional(),
  from: moment.optional(),
  to: moment.optional(),
  failedStep: z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .openapi({ description: "Path of the step that failed, whichever item of the loops around it." }),
  errorCode: z.string().min(1).max(200).optional(),
  search: z.string().min(1).max(200).optional().openapi({
    description: "Part of a name or event type, or a whole id. Names are searched for keys that may see payloads only.",
  }),
};

/** Adds the operations on runs. */
export function addRunOperations(api: Api): void {
  addOperation(api, {
    name: "GET /runs",
    id: "listRuns",
    tag,
    summary: "List runs, newest first",
    query: z.strictObject({ ...pageQuery, ...filters }),
    answer: pageOf(runSchema),
    run: async (actor, { query: { limit, cursor, status, search, ...filter } }) => {
      const page = { limit: limit + 1, ...(cursor === undefined ? {} : { beforeId: cursor }) };
      const wanted = {
        ...filter,
        ...(status === undefined ? {} : { statuses: status }),
        ...(search === undefined ? {} : { search: { text: search, names: seesPayloads(actor.role) } }),
      };
      return toPage(await listRuns(actor.workspaceId, wanted, page, personOf(actor)), limit, (run) =>
        toRun(actor.role, run),
      );
    },
  });
  addOperation(api, {
    name: "GET /runs/{runId}",
    id: "getRun",
    tag,
    summary: "Read a run with its steps and every try",
    params,
    answer: runWithStepsSchema,
    run: async (actor, { params }) => {
      const run = await getRun(actor, params.runId);
      const steps = await listStepRuns(actor.workspaceId, run.id);
      const shows = seesPayloads(actor.role) && steps.length <= STEPS_WITH_VALUES_MAX;
      const data = await findStepData(actor.workspaceId, run.id, shows ? dataIdsOf(steps) : []);
      const heldBackAt = toHeldBack(actor.role, await findHeldBack(actor.workspaceId, run.id));
      const bodyDeviations = toDeviations(await readRunDeviations(actor, run));
      return {
        ...toRun(actor.role, run),
        verification: await findVerification(actor.workspaceId, run.eventId),
        heldBackAt,
        bodyDeviations,
        steps: steps.map((step) => toStepRun(actor.role, step, data)),
      };
    },
  });
  addOperation(api, {
    name: "GET /runs/{runId}/values/{valueId}",
    id: "getRunValue",
    tag,
    summary: "Read one value of a run",
    params: z.strictObject({ runId: idSchema, valueId: idSchema }),
    answer: z.object({ id: z.string(), kind: z.string(), json: z.any() }),
    run: async (actor, { params }) => {
      const run = await getRun(actor, params.runId);
      const isItsOwn = dataIdsOf(await listStepRuns(actor.workspaceId, run.id)).includes(params.valueId);
      const value = isItsOwn
        ? (await findStepData(actor.workspaceId, run.id, [params.valueId])).get(params.valueId)
        : undefined;
      if (value === undefined) throw new NotFoundError("value");
      return { id: value.id, kind: value.kind, json: new JsonText(value.json) };
    },
  });
  addOperation(api, {
    name: "GET /runs/{runId}/resume",
    id: "previewResume",
    tag,
    summary: "Say what resuming a failed run would do, step by step",
    description: "Nothing is changed. `version` as for resuming; the live one where it is left out.",
    params,
    query: z.strictObject({ version: versionChoice.default("live") }),
    answer: resumePreviewSchema,
    run: async (actor, { params, query: { version } }) => {
      const { version: chosen, moves } = await previewResume(actor, params.runId, toVersionChoice(version));
      return { version: chosen, steps: moves.map((move) => ({ ...move, says: describeMove(move, chosen.number) })) };
    },
  });
  addOperation(api, {
    name: "POST /runs/{runId}/resume",
    id: "resumeRun",
    tag,
    summary: "Go on with a failed run from the step that failed",
    description:
      "Finished steps keep their answers; idempotency keys stay the same. A run that is tried again later, or waits " +
      "for a time, goes on at once. One whose flow's time limit is over cannot go on: replay it. `version`: original " +
      "(default), live, or the id of a version of the same flow. With another version than its own a failed run's " +
      "steps are fitted to it by their ids, as `GET` of this path says.",
    params,
    body: { schema: z.strictObject({ version: versionChoice.default("original") }), optional: true },
    status: 202,
    answer: runSchema,
    run: async (actor, { params, body: { version } }) => {
      await resumeRun(actor, params.runId, { version: toVersionChoice(version) });
      return toRun(actor.role, await getRun(actor, params.runId));
    },
  });
  addOperation(api, {
    name: "POST /runs/{runId}/replay",
    id: "replayRun",
    tag,
    summary: "Start a new run for the same event",
    description:
      "`version`: original (default), live, or the id of a version of the same flow. New idempotency keys " +
      "unless `sameKeys`.",
    params,
    body: {
      schema: z.strictObject({
        version: versionChoice.default("original"),
        body: z.string().max(1_048_576).optional(),
        sameKeys: z.boolean().default(false),
      }),
      optional: true,
    },
    status: 202,
    answer: runSchema,
    run: async (actor, { params, body: { version, body, sameKeys } }) => {
      const { runId } = await replayRun(actor, {
        runId: params.runId,
        version: toVersionChoice(version),
        sameKeys,
        ...(body === undefined ? {} : { body }),
      });
      return toRun(actor.role, await getRun(actor, runId));
    },
  });
  addOperation(api, {
    name: "POST /runs/{runId}/cancel",
    id: "cancelRun",
    tag,
    summary: "End a run for good",
    description: "No further effect begins; one already under way may still arrive.",
    params,
    answer: runSchema,
    run: async (actor, { params }) => {
      await cancelRun(actor, params.runId);
      return toRun(actor.role, await getRun(actor, params.runId));
    },
  });
  addOperation(api, {
    name: "POST /runs/{runId}/decide",
    id: "decideStep",
    tag,
    summary: "Decide about a step whose outcome is unknown",
    params,
    body: { schema: z.strictObject({ path: z.string().min(1).max(2_000), decision: z.enum(STEP_DECISIONS) }) },
    status: 202,
    answer: runSchema,
    run: async (actor, { params, body }) => {
      await decideStep(actor, { runId: params.runId, ...body });
      return toRun(actor.role, await getRun(actor, params.runId));
    },
  });
}

async function getRun(actor: Actor, runId: string): Promise<Run> {
  const run = await findRun(actor.workspaceId, runId);
  if (run === null) throw new NotFoundError("run");
  return run;
}
