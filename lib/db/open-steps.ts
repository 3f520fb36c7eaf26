import { OPEN_STEP_STATES } from "#lib/core/states.ts";

const OPEN = OPEN_STEP_STATES.map((state) => `'${state}'`).join(", ");

/** SQL: whether a row of step_run, named `s`, is open. */
export function isOpen(s: string): string {
  return `${s}.status IN (${OPEN})`;
}

/** SQL: what an open row of step_run, named `s`, becomes when its run ends under it; a reason it has stays. */
export function endOpenSteps(s: string): string {
  return `status = 'canceled', next_attempt_at = NULL, finished_at = now(),
    error_code = coalesce(${s}.error_code, 'run-ended'),
    error_message = CASE WHEN ${s}.error_code IS NULL
      THEN 'The run ended before this step was done.' ELSE ${s}.error_message END`;
}
