import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import {
  FLOW_STATES,
  type FlowState,
  REQUEST_VERDICTS,
  type RequestVerdict,
  RUN_STATES,
  type RunState,
  STEP_STATES,
  type StepState,
  VERIFICATIONS,
  type Verification,
} from "#lib/core/states.ts";

/** Every state badge, and banners in every tone. */
export function StateSamples() {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        {(Object.keys(RUN_STATES) as RunState[]).map((state) => (
          <StateBadge key={state} of="run" state={state} extra={state === "retrying" ? "3/12" : undefined} />
        ))}
      </div>
      <div className="flex flex-wrap gap-2">
        {(Object.keys(REQUEST_VERDICTS) as RequestVerdict[]).map((state) => (
          <StateBadge key={state} of="verdict" state={state} />
        ))}
        {(Object.keys(VERIFICATIONS) as Verification[]).map((state) => (
          <StateBadge key={state} of="verification" state={state} />
        ))}
      </div>
      <div className="flex flex-wrap gap-2">
        {(Object.keys(FLOW_STATES) as FlowState[]).map((state) => (
          <StateBadge key={state} of="flow" state={state} />
        ))}
        {(["skipped", "off"] satisfies StepState[]).map((state) => (
          <StateBadge key={state} of="step" state={state} />
        ))}
        <Badge tone="accent">example</Badge>
        <StateBadge of="run" state="succeeded" quiet />
        <span className="sr-only">{Object.keys(STEP_STATES).length} step states</span>
      </div>
      <Notice tone="info" title="Looks like Stripe" actions={<Button size="compact">Verify signatures</Button>}>
        Paste the signing secret and this request is checked again.
      </Notice>
      <Notice tone="warn" title="Only this computer can reach this address">
        Stripe cannot call localhost.
      </Notice>
      <Notice tone="bad" title="The signature does not match this secret">
        The request stays refused.
      </Notice>
      <Notice tone="ok" title="Saved">
        Ends in …9c1e. Hookline will not show it again.
      </Notice>
      <Notice title="Nothing was sent">This was only a preview.</Notice>
    </div>
  );
}
