"use client";
import { useEffect, useRef, useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { walkProblems } from "#components/builder/walk-problems.ts";
import { toWish } from "#components/flows/missed-choice.ts";
import { MissedOffer } from "#components/flows/missed-offer.tsx";
import { tellBegun } from "#components/flows/tell-begun.ts";
import { useMissed } from "#components/flows/use-missed.ts";
import { CircleCheck, Info, OctagonX } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { Textarea } from "#components/ui/textarea.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { WithCode } from "#components/ui/with-code.tsx";
import { diffFlows, type FlowChange } from "#lib/engine/edit/diff-flows.ts";
import { placedSteps } from "#lib/engine/edit/step-tree.ts";
import type { MissedWish } from "#lib/engine/missed-view.ts";

const SIGNS: Record<FlowChange["kind"], { sign: string; look: string }> = {
  added: { sign: "+", look: "bg-add-bg text-ok-text" },
  removed: { sign: "−", look: "bg-del-bg text-bad-text" },
  moved: { sign: "~", look: "bg-chg-bg text-warn-text" },
  changed: { sign: "~", look: "bg-chg-bg text-warn-text" },
};

/**
 * Before going live: what changed in sentences, a checklist, a note. Publishing is one act with the version it started
 * from.
 */
export function PublishDialog({
  open,
  onOpenChange,
  onPublished,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onPublished: () => void;
}) {
  const { store, data, acts } = useBuilder();
  const definition = useBuilderState((state) => state.definition);
  const revision = useBuilderState((state) => state.revision);
  const problems = useBuilderState((state) => state.problems);
  const save = useBuilderState((state) => state.save);
  const [note, setNote] = useState("");
  const { pending, problem, run } = useAction();
  const [isOutdated, setOutdated] = useState(false);
  const next = data.flow.latestVersion + 1;
  // Publishing turns it on, where it is off, for who may: then it may have missed events.
  const turnsOn = !data.flow.on && (data.flow.latestVersion === 0 || data.may.turnOn);
  const { missed, choice, choose, load, more } = useMissed(data.flow.id, "draft", acts.switching);
  const loadLatest = useRef(load);
  useEffect(() => {
    loadLatest.current = load;
  });
  const asks = open && turnsOn && save.kind === "saved" && problems.length === 0;
  useEffect(() => {
    if (asks) void loadLatest.current();
  }, [asks]);
  const changes = data.live === null ? null : diffFlows(data.live, definition);
  const publish = async () => {
    const wish: MissedWish = turnsOn && missed !== null ? toWish(choice, missed) : { run: "none" };
    const answer = await run(() => acts.publish(data.flow.id, data.flow.latestVersion, revision, note.trim(), wish));
    const outdated = answer.kind === "refused" && answer.code === "published-meanwhile";
    setOutdated(outdated);
    if (outdated) onPublished();
    if (answer.kind === "refused") return;
    setNote("");
    onOpenChange(false);
    const { number, on, catchUp } = answer.value;
    const title = `v${number} is ${on ? "live" : "published, the flow is off"}`;
    if (catchUp === null) showToast(title, { description: "Runs already started keep their version." });
    else tellBegun(title, catchUp);
    onPublished();
  };
  return (
    <Dialog
      title={`Publish v${next}?`}
      description={data.live === null ? "From now on every matching event starts this flow." : undefined}
      open={open}
      onOpenChange={onOpenChange}
      size="wide"
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Keep editing</Button>
          {problems.length > 0 ? (
            <Button
              variant="primary"
              onClick={() => {
                onOpenChange(false);
                walkProblems(store, 1);
              }}
            >
              Go to the first problem
            </Button>
          ) : (
            <Button variant="primary" pending={pending} disabled={save.kind !== "saved"} onClick={() => void publish()}>
              Publish v{next}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-5">
        {problem ? (
          <Notice tone="bad" title={isOutdated ? "Somebody published meanwhile" : "Not published"}>
            {problem}
          </Notice>
        ) : null}
        {changes !== null ? (
          <section>
            <h3 className="mb-2 text-13 font-semibold">What changed since v{data.flow.liveVersion}</h3>
            {changes.length === 0 ? (
              <p className="text-13 text-ink-2">Nothing.</p>
            ) : (
              <ul className="overflow-hidden rounded-control border border-line text-13">
                {changes.map((change) => (
                  <li
                    key={`${change.stepId ?? ""}${change.sentence}`}
                    className={cx("flex gap-2 px-3 py-1.5", SIGNS[change.kind].look)}
                  >
                    <span aria-hidden className="w-3 font-mono">
                      {SIGNS[change.kind].sign}
                    </span>
                    <span className="min-w-0 text-ink [overflow-wrap:anywhere]">{change.sentence}</span>
                  </li>
                ))}
              </ul>
            )}
          </section>
        ) : null}
        <section>
          <h3 className="mb-2 text-13 font-semibold">Checklist</h3>
          <Checklist />
        </section>
        {turnsOn && missed !== null && missed.count > 0 ? (
          <MissedOffer missed={missed} choice={choice} onChoice={choose} onMore={more} />
        ) : null}
        <Field label="Note" mark="optional" help="For the list of versions.">
          <Textarea value={note} maxLength={200} rows={2} onChange={(event) => setNote(event.target.value)} />
        </Field>
      </div>
    </Dialog>
  );
}

type Check = { kind: "ok" | "bad" | "note"; text: string };

function Checklist() {
  const { data } = useBuilder();
  const definition = useBuilderState((state) => state.definition);
  const problems = useBuilderState((state) => state.problems);
  const warnings = useBuilderState((state) => state.warnings);
  const cards = useBuilderState((state) => state.cards);
  const steps = placedSteps(definition)
    .map(({ step }) => step)
    .filter((step) => step.off !== true);
  const endpoint = data.endpoints.find((one) => one.id === definition.trigger.endpointId);
  const mails = steps.filter((step) => step.kind === "action" && step.action === "email.send");
  const kept = mails.filter((step) => step.kind === "action" && !step.connectionId);
  const stopping = steps.filter((step) => cards[step.id]?.problem);
  const checks: Check[] = [
    ...problems.map((problem): Check => ({ kind: "bad", text: problem.message })),
    ...(problems.length === 0
      ? [{ kind: "ok" as const, text: "Every required field is filled in and every expression can be read" }]
      : []),
    ...warnings.map((warning): Check => ({ kind: "note", text: warning.message })),
    ...stopping.map(
      (step): Check => ({
        kind: "note",
        text: `"${step.name}" would stop with the chosen sample: ${cards[step.id]?.problem ?? ""}`,
      }),
    ),
    ...(endpoint && endpoint.provider === "none"
      ? [
          {
            kind: "note" as const,
            text: `"${endpoint.name}" checks no signature: anybody who knows its address can start this flow`,
          },
        ]
      : []),
    ...(kept.length > 0
      ? [
          {
            kind: "note" as const,
            text:
              `${kept.length === 1 ? `"${kept[0]?.name}" is` : `${kept.length} mails are`} kept in the Outbox, ` +
              "not sent: no SMTP connection is chosen",
          },
        ]
      : []),
    ...(definition.trigger.eventTypes.length === 0
      ? [{ kind: "note" as const, text: "Every event type starts a run" }]
      : []),
  ];
  const LOOK = {
    ok: { icon: CircleCheck, look: "text-ok-text" },
    bad: { icon: OctagonX, look: "text-bad-text" },
    note: { icon: Info, look: "text-info-text" },
  };
  return (
    <ul className="flex flex-col gap-1.5 text-13">
      {checks.map((check) => {
        const { icon: Icon, look } = LOOK[check.kind];
        return (
          <li key={check.text} className="flex items-start gap-2">
            <Icon
              aria-label={{ ok: "Fine", bad: "Stops publishing", note: "Note" }[check.kind]}
              className={cx("mt-0.5", look)}
            />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <WithCode text={check.text} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
