"use client";
import { useBuilderState } from "#components/builder/builder-context.tsx";
import { EffectView } from "#components/effects/effect-view.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { WithCode } from "#components/ui/with-code.tsx";
import type { PlannedView } from "#lib/engine/edit/preview-types.ts";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";

/** The exact effect a step would have with the chosen sample: the call, the mail, or the value. Nothing is sent. */
export function EffectPreview({ step }: { step: ActionStep }) {
  const planned = useBuilderState((state) => (state.preview?.for === step.id ? state.preview.answer.effect : null));
  const hasSample = useBuilderState((state) => state.sample !== null);
  const steps = useBuilderState((state) => state.preview?.answer.scope?.steps ?? null);
  if (!hasSample)
    return (
      <Notice title="No sample chosen">
        Choose an event in the data panel: this shows exactly what would go out for it.
      </Notice>
    );
  if (!planned) return <p className="text-13 text-ink-3">Working it out…</p>;
  const used = (steps ?? []).filter(
    (one) => one.provenance === "example" && JSON.stringify(step.input).includes(`steps.${one.id}`),
  );
  return (
    <div className="flex flex-col gap-4">
      {used.length > 0 ? (
        <Notice tone="warn" title="Part of this is example data">
          {used.map((one) => `"${one.name}"`).join(", ")} has not run yet: its answer is the example from the
          documentation, not your data.
        </Notice>
      ) : null}
      <Previewed planned={planned} />
      <p className="text-12 text-ink-3">
        Nothing was sent. Live runs send exactly this, with real secrets in place of ••••.
      </p>
    </div>
  );
}

function Previewed({ planned }: { planned: PlannedView }) {
  if (planned.kind === "refused")
    return (
      <Notice tone="bad" title="This would stop here">
        <WithCode text={planned.message} /> <code className="text-12 text-ink-3">{planned.code}</code>
      </Notice>
    );
  return (
    <>
      {planned.held === null ? null : (
        <Notice tone="hold" title="This would wait for an admin">
          {planned.held}
        </Notice>
      )}
      <EffectView effect={planned.effect} />
    </>
  );
}
