import { Notice } from "#components/ui/notice.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import { WithCode } from "#components/ui/with-code.tsx";
import { describeWarning, type StepWarning } from "#lib/engine/step-warnings.ts";

/** What of a step's values is worth a mark, a sentence each; lost digits stand out, blanks are only mentioned. */
export function StepWarnings({ warnings }: { warnings: readonly StepWarning[] }) {
  if (warnings.length === 0) return null;
  const lost = warnings.some(({ kind }) => kind === "lost-digits");
  return (
    <Notice
      tone={lost ? "warn" : "info"}
      title={lost ? "Digits were lost in this step" : "Worth knowing about this step"}
    >
      <ul className="flex flex-col gap-1 text-13">
        {warnings.map((warning) => (
          <li key={`${warning.kind} ${warning.field} ${warning.source}`} className="[overflow-wrap:anywhere]">
            <WithCode text={visibleText(describeWarning(warning))} />
          </li>
        ))}
      </ul>
      {lost ? (
        <p className="mt-1 text-13 text-ink-2">
          A number that is only passed on keeps every digit. To calculate with it or compare it as it was written, use
          its text: <code className="font-mono text-12">trigger.exact</code>, or{" "}
          <code className="font-mono text-12">exact</code> of an earlier step.
        </p>
      ) : null}
    </Notice>
  );
}
