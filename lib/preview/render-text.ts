import { JsonText } from "#lib/core/json-text.ts";
import type { Scope, StepPlace } from "#lib/engine/run-ports.ts";
import { parseTemplate } from "#lib/engine/template/parse-template.ts";
import { renderTemplate } from "#lib/engine/template/render-template.ts";
import type { PlanPorts } from "#lib/preview/plan-step.ts";

/** What a template comes to as plain text, trimmed; null when it is blank or cannot be read. */
export async function renderText(
  template: string,
  scope: Scope,
  place: StepPlace,
  ports: Pick<PlanPorts, "evaluate">,
): Promise<string | null> {
  const parsed = parseTemplate(template);
  if (parsed.kind === "error") return null;
  const sources = parsed.segments.flatMap((segment) => (segment.kind === "expression" ? [segment.source] : []));
  const outcomes = await ports.evaluate(
    sources.map((source, index) => ({ id: String(index), source })),
    scope,
    place,
  );
  const values = outcomes.map((outcome) =>
    outcome.kind === "value"
      ? { kind: "value" as const, value: new JsonText(outcome.json) }
      : { kind: "nothing" as const },
  );
  const rendered = renderTemplate(parsed.segments, values, "text", false);
  const text = rendered.kind === "rendered" && typeof rendered.value === "string" ? rendered.value.trim() : "";
  return text === "" ? null : text;
}
