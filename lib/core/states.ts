/** Colour role of a state; the tokens of the stylesheet carry the same names. */
export type StateTone = "ok" | "warn" | "bad" | "info" | "hold" | "neutral";

/** How one state is shown everywhere: UI, API, CLI and filters use these names and no others. */
export type StateLook = { label: string; icon: string; tone: StateTone; sentence: string };

/** Every state of a run. */
export const RUN_STATES = {
  queued: { label: "Queued", icon: "circle-dashed", tone: "neutral", sentence: "Waiting for a worker." },
  running: { label: "Running", icon: "loader-circle", tone: "info", sentence: "A worker is working on it." },
  waiting: { label: "Waiting", icon: "clock", tone: "hold", sentence: "Waiting for a time or a call." },
  retrying: { label: "Retrying", icon: "rotate-cw", tone: "warn", sentence: "A step failed and will be tried again." },
  "needs a decision": {
    label: "Needs a decision",
    icon: "circle-help",
    tone: "hold",
    sentence: "A person decides: an outcome is unknown, or a setting holds a step back.",
  },
  succeeded: { label: "Succeeded", icon: "circle-check", tone: "ok", sentence: "Every step finished." },
  failed: { label: "Failed", icon: "octagon-x", tone: "bad", sentence: "A step failed for good." },
  filtered: {
    label: "Filtered",
    icon: "funnel",
    tone: "neutral",
    sentence: "The flow's filter did not want this event.",
  },
  canceled: { label: "Canceled", icon: "ban", tone: "neutral", sentence: "A person stopped it." },
} as const satisfies Record<string, StateLook>;

/** The state of a run. */
export type RunState = keyof typeof RUN_STATES;

/** States that never change again. */
export const TERMINAL_RUN_STATES = [
  "succeeded",
  "failed",
  "filtered",
  "canceled",
] as const satisfies readonly RunState[];

/** Every state of a step run. */
export const STEP_STATES = {
  queued: RUN_STATES.queued,
  running: RUN_STATES.running,
  waiting: RUN_STATES.waiting,
  retrying: RUN_STATES.retrying,
  "needs a decision": RUN_STATES["needs a decision"],
  succeeded: { ...RUN_STATES.succeeded, sentence: "The step finished." },
  failed: { ...RUN_STATES.failed, sentence: "The step failed for good." },
  canceled: { ...RUN_STATES.canceled, sentence: "The run ended before the step was done." },
  skipped: {
    label: "Skipped",
    icon: "skip-forward",
    tone: "neutral",
    sentence: "The run passed it by: it took another branch, or a condition was not met.",
  },
  off: { label: "Off", icon: "circle-minus", tone: "neutral", sentence: "The step is turned off in this version." },
} as const satisfies Record<string, StateLook>;

/** The state of a step run. */
export type StepState = keyof typeof STEP_STATES;

/** States of a step that is not done; no step of an ended run has one. */
export const OPEN_STEP_STATES = [
  "queued",
  "running",
  "waiting",
  "retrying",
  "needs a decision",
] as const satisfies readonly StepState[];

/** Says whether a step is not done yet. */
export function isOpenStep(status: StepState): boolean {
  return (OPEN_STEP_STATES as readonly StepState[]).includes(status);
}

/** What became of a request. */
export const REQUEST_VERDICTS = {
  accepted: { label: "Accepted", icon: "circle-check", tone: "ok", sentence: "Stored, and flows were started." },
  duplicate: { label: "Duplicate", icon: "copy", tone: "neutral", sentence: "Delivered before; no run was started." },
  refused: { label: "Refused", icon: "octagon-x", tone: "bad", sentence: "Not accepted; the sender was told why." },
  handshake: {
    label: "Handshake",
    icon: "handshake",
    tone: "neutral",
    sentence: "The sender's check of the address was answered.",
  },
  parked: {
    label: "Parked",
    icon: "circle-pause",
    tone: "hold",
    sentence: "Stored while the endpoint is paused; runs on resume.",
  },
  "no flow": { label: "No flow", icon: "unplug", tone: "neutral", sentence: "Stored; no live flow wanted it." },
} as const satisfies Record<string, StateLook>;

/** What became of a request. */
export type RequestVerdict = keyof typeof REQUEST_VERDICTS;

/** Whether the sender's signature was checked. */
export const VERIFICATIONS = {
  verified: { label: "Verified", icon: "shield-check", tone: "ok", sentence: "The signature matches." },
  "not verified": {
    label: "Not verified",
    icon: "shield-alert",
    tone: "bad",
    sentence: "The signature does not match or is missing.",
  },
  "not configured": {
    label: "Not configured",
    icon: "shield",
    tone: "neutral",
    sentence: "No signature check is set up.",
  },
} as const satisfies Record<string, StateLook>;

/** Whether the sender's signature was checked. */
export type Verification = keyof typeof VERIFICATIONS;

/** Every state of a flow. */
export const FLOW_STATES = {
  draft: { label: "Draft", icon: "pencil", tone: "neutral", sentence: "Never published." },
  live: { label: "Live", icon: "circle-check", tone: "ok", sentence: "The published version runs for every event." },
  "live with unpublished edits": {
    label: "Live, edits not published",
    icon: "pencil",
    tone: "warn",
    sentence: "The published version runs; the draft differs.",
  },
  off: { label: "Off", icon: "circle-minus", tone: "neutral", sentence: "Events are kept, nothing runs." },
} as const satisfies Record<string, StateLook>;

/** The state of a flow. */
export type FlowState = keyof typeof FLOW_STATES;
