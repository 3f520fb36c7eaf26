"use client";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { BareButton } from "#components/ui/bare-button.tsx";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import type { CoverageMark } from "#lib/engine/edit/preview-types.ts";

const LOOKS: Record<CoverageMark, string> = {
  value: "bg-ok-solid border-ok-solid",
  nothing: "border-warn-solid",
  error: "bg-bad-solid border-bad-solid",
};
const WORDS: Record<CoverageMark, string> = { value: "has a value", nothing: "nothing", error: "error" };

/** One mark per recent event – value, nothing, error – and a sentence; a mark makes its event the sample. */
export function CoverageStrip({ owner, fieldKey }: { owner: string; fieldKey: string }) {
  const { store } = useBuilder();
  const coverage = useBuilderState((state) => (state.coverage?.for === owner ? state.coverage : null));
  const sample = useBuilderState((state) => (state.sample?.kind === "event" ? state.sample.eventId : null));
  const marks = coverage?.answer.fields[fieldKey];
  if (!coverage || !marks || marks.length < 2) return null;
  const good = marks.filter((mark) => mark === "value").length;
  const other = marks.length - good;
  const choose = (index: number) => {
    const eventId = coverage.events[index];
    if (eventId) store.getState().set({ sample: { kind: "event", eventId } });
  };
  const showNext = () => {
    const current = coverage.events.indexOf(sample ?? "");
    const order = [...marks.keys()].map((step) => (current + 1 + step) % marks.length);
    choose(order.find((index) => marks[index] !== "value") ?? 0);
  };
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-12 text-ink-2">
      <span className="flex" aria-hidden>
        {marks.map((mark, index) => (
          <BareButton
            key={coverage.events[index] ?? index}
            tabIndex={-1}
            title={`Event ${index + 1}: ${WORDS[mark]}`}
            className="flex h-6 w-2.5 items-center justify-center"
            onClick={() => choose(index)}
          >
            <span
              className={cx(
                "h-3 w-1.5 rounded-[1px] border",
                LOOKS[mark],
                coverage.events[index] === sample && "outline-2 outline-offset-1 outline-focus",
              )}
            />
          </BareButton>
        ))}
      </span>
      <span>
        {good} of {marks.length} events {good === 1 ? "has" : "have"} a value
      </span>
      {other > 0 ? (
        <Button
          variant="quiet"
          size="compact"
          className="h-6 px-1 text-12 text-accent-text underline underline-offset-2"
          onClick={showNext}
        >
          {other === 1 ? "show it" : `show the ${other}`}
        </Button>
      ) : null}
    </div>
  );
}
