import { Notice } from "#components/ui/notice.tsx";
import { WithCode } from "#components/ui/with-code.tsx";
import type { ByHandPreview } from "#lib/engine/by-hand-view.ts";

/** What a run by hand would do, step by step, before anything is done. */
export function ByHandPreviewView({ preview }: { preview: ByHandPreview }) {
  const { filter, steps, version } = preview;
  return (
    <section aria-label="What it would do" className="flex flex-col gap-3">
      <h3 className="text-13 font-semibold">What v{version} would do</h3>
      {filter === "does not want it" || filter === "fails" ? (
        <Notice
          tone="warn"
          title={filter === "fails" ? "The flow's filter fails" : "The flow's filter does not want it"}
        >
          {filter === "fails"
            ? "The run would end as failed before its first step."
            : "The run would end as filtered, and do nothing."}
        </Notice>
      ) : null}
      <ol className="overflow-hidden rounded-control border border-line text-13">
        {steps.map((step) => (
          <li key={step.id} className="flex flex-wrap gap-x-3 border-b border-line px-3 py-1.5 last:border-b-0">
            <span className="font-medium">{step.name}</span>
            <span className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">
              {step.problem === null ? step.line : <WithCode text={`Would stop: ${step.problem}`} />}
            </span>
          </li>
        ))}
      </ol>
      <p className="text-12 text-ink-3">Nothing was sent. Answers of calls are the examples from the documentation.</p>
    </section>
  );
}
