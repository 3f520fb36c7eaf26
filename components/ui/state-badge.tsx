import type { ReactNode } from "react";
import { iconNamed } from "#components/icons.ts";
import { Badge } from "#components/ui/badge.tsx";
import { cx } from "#components/ui/cx.ts";
import {
  FLOW_STATES,
  type FlowState,
  REQUEST_VERDICTS,
  type RequestVerdict,
  RUN_STATES,
  type RunState,
  STEP_STATES,
  type StateLook,
  type StepState,
  VERIFICATIONS,
  type Verification,
} from "#lib/core/states.ts";

type Named =
  | { of: "run"; state: RunState }
  | { of: "step"; state: StepState }
  | { of: "verdict"; state: RequestVerdict }
  | { of: "verification"; state: Verification }
  | { of: "flow"; state: FlowState };

/**
 * A state with its one icon, word and colour. `quiet` (lists) draws success without ground or word; `extra` is e.g.
 * "3/12".
 */
export function StateBadge({
  quiet = false,
  extra,
  className,
  ...named
}: Named & { quiet?: boolean; extra?: ReactNode; className?: string }) {
  const look = lookOf(named);
  const Icon = iconNamed(look.icon);
  const spin = look.icon === "loader-circle" ? "animate-spin" : undefined;
  if (quiet && look.tone === "ok" && named.of !== "flow")
    return (
      <span className={cx("inline-flex h-5 items-center align-middle text-ok-text", className)} title={look.label}>
        <Icon aria-hidden />
        <span className="sr-only">{look.label}</span>
      </span>
    );
  return (
    <Badge
      tone={look.tone}
      title={look.sentence}
      icon={<Icon aria-hidden className={spin} />}
      className={cx(
        (named.state === "off" || named.state === "skipped") && "border border-dashed border-line-strong",
        className,
      )}
    >
      {look.label}
      {extra ? <> {extra}</> : null}
    </Badge>
  );
}

function lookOf(named: Named): StateLook {
  switch (named.of) {
    case "run":
      return RUN_STATES[named.state];
    case "step":
      return STEP_STATES[named.state];
    case "verdict":
      return REQUEST_VERDICTS[named.state];
    case "verification":
      return VERIFICATIONS[named.state];
    case "flow":
      return FLOW_STATES[named.state];
  }
}
