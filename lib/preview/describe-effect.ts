import { writeJson } from "#lib/core/json-text.ts";
import type { CardView } from "#lib/engine/edit/preview-types.ts";
import type { PlannedStep } from "#lib/engine/run-ports.ts";

const LINE_CHARS = 80;

/**
 * One line of what a planned step would do: "POST crm.acme.dev/orders", "Mail ada@example.com", or why it would not.
 */
export function describeEffect(planned: PlannedStep): CardView {
  if (planned.kind === "refused") return { line: cut(planned.message.replaceAll("`", "")), problem: planned.message };
  switch (planned.effect.kind) {
    case "http": {
      const url = URL.parse(planned.effect.url);
      return {
        line: cut(`${planned.effect.method} ${url === null ? planned.effect.url : `${url.host}${url.pathname}`}`),
        problem: planned.held,
      };
    }
    case "email": {
      const [first = "", ...more] = planned.effect.envelope.to;
      return { line: cut(`Mail ${first}${more.length > 0 ? ` and ${more.length} more` : ""}`), problem: null };
    }
    case "answer":
      return {
        line: cut(`Answer ${planned.effect.status}${planned.effect.body === "" ? "" : `: ${planned.effect.body}`}`),
        problem: null,
      };
    case "value":
      return { line: cut(writeJson(planned.effect.output)), problem: null };
  }
}

function cut(text: string): string {
  return text.length > LINE_CHARS ? `${text.slice(0, LINE_CHARS - 1)}…` : text;
}
