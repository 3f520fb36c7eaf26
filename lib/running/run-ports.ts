import { hash } from "node:crypto";
import { findAction } from "#lib/actions/registry.generated.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { newId } from "#lib/core/ids.ts";
import type { ClaimedRun } from "#lib/db/claims.ts";
import { isConnectionLost } from "#lib/db/connection-lost.ts";
import { writeJournal } from "#lib/db/journal.ts";
import { pool } from "#lib/db/pool.ts";
import { followPublicAddress } from "#lib/db/public-address.ts";
import type { SavedRun } from "#lib/db/saved-steps.ts";
import type { EffectPorts } from "#lib/effects/effect-context.ts";
import { performEffect } from "#lib/effects/perform-effect.ts";
import { secretTexts } from "#lib/engine/connections/connection-kinds.ts";
import type { Effect, EffectOutcome } from "#lib/engine/effect.ts";
import { LeaseLostError, NotPerformedError } from "#lib/engine/journal-rows.ts";
import type { RunEnding } from "#lib/engine/run-flow.ts";
import type { RunPorts } from "#lib/engine/run-ports.ts";
import { HOP_MARK_HEADER, hopsOf } from "#lib/platform/hop-mark.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { createPlanPorts, toEvaluated } from "#lib/preview/plan-port.ts";
import { planStep } from "#lib/preview/plan-step.ts";
import { renderText } from "#lib/preview/render-text.ts";
import { createEffectPorts, forgetEgressRules } from "#lib/running/effect-ports.ts";
import { HiddenSecrets } from "#lib/running/hidden-secrets.ts";
import type { Place, Shares } from "#lib/running/shares.ts";
import { targetOf } from "#lib/running/target-of.ts";
import { createWaitPorts } from "#lib/running/wait-ports.ts";

/** The lease under which a worker acts on a run. */
export type RunLease = {
  poolId: string;
  /** Whether this worker can be sure that nobody has declared it dead. */
  isProven(): boolean;
  isDraining(): boolean;
  hold(token: string): void;
  letGo(token: string): void;
  /** Aborted when the process must end at once. */
  signal: AbortSignal;
  /** The process is for this one run alone, so that it may be a suspect one. */
  alone?: boolean;
  /** The places of this worker, which the run shares with others; a process for one run has none to share. */
  shared?: { readonly shares: Shares; readonly place: Place; readonly inTurn: boolean };
  /**
   * Works on a claimed run over a large body where that holds up nobody else, and says how it ended; without it, such a
   * run is worked on here. Rejects with LeaseLostError when the run went to somebody else, and otherwise when nobody
   * knows what became of it.
   */
  large?: (run: ClaimedRun) => Promise<RunEnding>;
};

/**
 * The world as run-flow sees it for one claimed run: sandbox, actions, effects and the fenced journal, which goes on
 * from what `saved` says was written.
 */
export function createRunPorts(run: ClaimedRun, lease: RunLease, saved: SavedRun): RunPorts {
  const secrets = new HiddenSecrets(saved.steps.flatMap((step) => step.hidden));
  let written = saved.last;
  const effectPorts = learning(createEffectPorts(run.workspaceId), secrets);
  const performPorts = beforeAnythingIsSent(effectPorts);
  void followPublicAddress(pool());
  const waiting = <Result>(work: () => Promise<Result>) => lease.shared?.place.wait(work) ?? work();
  const ownPorts = createPlanPorts(run.workspaceId);
  const planPorts: typeof ownPorts = {
    ...ownPorts,
    evaluate: (...asked) => waiting(() => ownPorts.evaluate(...asked)),
  };
  return {
    ...createWaitPorts(run),
    async evaluate(source, scope, place) {
      const [outcome] = await planPorts.evaluate([{ id: place.stepPath, source }], scope, place);
      return toEvaluated(outcome);
    },
    renderText: (template, scope, place) => renderText(template, scope, place, planPorts),
    planStep: (step, scope, place) => planStep(step, scope, place, planPorts),
    onUnknownOf: (action) => findAction(action)?.onUnknown ?? "ask",
    findClosedGate(effect) {
      const { shared } = lease;
      if (shared !== undefined && !shared.inTurn && shared.shares.isBraked(run.workspaceId, run.flowId))
        return { kind: "brake", key: run.flowId };
      const target = shared === undefined ? null : targetOf(effect);
      if (target === null) return null;
      const closed = shared?.shares.isTargetClosed(run.workspaceId, target, shared.inTurn) === true;
      return closed ? { kind: "target", key: target } : null;
    },
    async perform(effect, place) {
      const performOnce = (what: Effect) =>
        performEffect(what, {
          workspaceId: run.workspaceId,
          ports: performPorts,
          place: { runId: run.id, stepPath: place.stepPath },
          hops: hopsBefore(run),
          mayRepeat: place.mayRepeat,
          signal: lease.signal,
          now: databaseNow,
          publicHost: planPorts.publicHost,
        });
      const target = targetOf(effect);
      const over = target === null ? undefined : lease.shared?.shares.call(run.workspaceId, target);
      let outcome: EffectOutcome;
      try {
        outcome = await waiting(() => performOnce(effect));
        if (outcome.kind === "held") {
          // What was just allowed may not have been read here yet. What was held was not sent, so asking anew is safe.
          forgetEgressRules(run.workspaceId);
          const { rest = effect } = outcome;
          outcome = afterHeld(outcome, await waiting(() => performOnce(rest)));
        }
      } finally {
        over?.();
      }
      metrics().attempts.inc({ action: effect.kind, outcome: outcome.kind });
      return outcome;
    },
    write: (write) => writeJournal(run, write, { number: ++written, tries: run.claims + run.faults }),
    assertHeld() {
      if (!lease.isProven()) throw new LeaseLostError(run.id);
    },
    isDraining: () => lease.isDraining(),
    conceal: (id, json) => secrets.keep(id, json),
    concealText: (text) => secrets.text(text),
    now: databaseNow,
    random: () => Math.random(),
    hash: (text) => hash("sha256", text, "hex"),
    newId,
  };
}

/**
 * What a held effect came to when what was left of it was asked for once more. Held again, the first outcome says more:
 * how the call had got there.
 */
function afterHeld(first: Extract<EffectOutcome, { kind: "held" }>, again: EffectOutcome): EffectOutcome {
  if (again.kind === "done" || first.rest === undefined) return again;
  return again.kind === "held" && again.rest === undefined ? first : { rest: first.rest, ...again };
}

/** A replay is a person's act: it begins anew. */
function hopsBefore({ kind, event }: ClaimedRun): number {
  if (event === null || kind === "replay" || !event.headers.toLowerCase().includes(HOP_MARK_HEADER)) return 0;
  return hopsOf(JSON.parse(event.headers) as [string, string][]);
}

/** Whoever opens a connection for the run can meet its secrets in an answer. */
function learning(ports: EffectPorts, secrets: HiddenSecrets): EffectPorts {
  return {
    ...ports,
    async findConnection(connectionId) {
      const found = await ports.findConnection(connectionId);
      if (found !== null) secrets.add(secretTexts(found));
      return found;
    },
  };
}

/** An effect asks the database before it sends anything, or does nothing but a write that may be repeated. */
function beforeAnythingIsSent(ports: EffectPorts): EffectPorts {
  const asking = <Result>(answer: Promise<Result>): Promise<Result> =>
    answer.catch((cause: unknown) => {
      if (!isConnectionLost(cause)) throw cause;
      throw new NotPerformedError("The database went away before anything was sent.", { cause });
    });
  return {
    findConnection: (connectionId) => asking(ports.findConnection(connectionId)),
    findEgressRules: () => asking(ports.findEgressRules()),
    answerSender: (answer, place) => asking(ports.answerSender(answer, place)),
    keepMail: (mail, place) => asking(ports.keepMail(mail, place)),
  };
}
