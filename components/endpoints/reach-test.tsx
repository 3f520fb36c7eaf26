"use client";
import { useState } from "react";
import type { HelpActions } from "#components/endpoints/endpoint-help-actions.ts";
import { CircleCheck, CircleQuestionMark, OctagonX } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { EndpointView } from "#lib/views/endpoint-views.ts";
import type { ReachReport, ReachStep, ReachView } from "#lib/views/reach-views.ts";

const LOOK = {
  passed: { Icon: CircleCheck, word: "yes", text: "text-ok-text" },
  failed: { Icon: OctagonX, word: "no", text: "text-bad-text" },
  unknown: { Icon: CircleQuestionMark, word: "not known", text: "text-ink-3" },
};

/** Tests the public address as far as this machine can know, and says what only a request from outside proves. */
export function ReachTest({
  endpoint,
  reach,
  test,
}: {
  endpoint: EndpointView;
  reach: ReachView;
  test: HelpActions["testPublicAddress"];
}) {
  const [report, setReport] = useState<ReachReport | null>(null);
  const { pending, problem, run } = useAction();
  const ask = async () => {
    const result = await run(test);
    if (result.kind === "ok") setReport(result.value);
  };
  return (
    <section aria-label="Test from outside" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <h3 className="text-13 font-semibold">Test from outside</h3>
        {reach.mayTest ? (
          <Button size="compact" pending={pending} onClick={() => void ask()}>
            Test {new URL(reach.address).host}
          </Button>
        ) : null}
      </div>
      <p className="max-w-prose text-12 text-ink-3">
        Hookline calls its own public address with a question only this instance can answer, and waits at most 5 s. It
        cannot do so from outside your network: only a request from a public address proves that it is reachable from
        there.
      </p>
      {problem === null ? null : (
        <Notice tone="bad" title="Not tested">
          {problem}
        </Notice>
      )}
      <div aria-live="polite">
        {report === null ? null : (
          <p className="mb-1 text-12 text-ink-3">
            {report.address}, tested <RelativeTime at={report.at} ago />
          </p>
        )}
        <ol className="flex flex-col gap-1.5" aria-label="Steps">
          {(report?.steps ?? []).map((step) => (
            <Step key={step.id} step={step} />
          ))}
          <Step step={outside(endpoint, reach)} at={reach.lastOutside?.at ?? null} />
        </ol>
      </div>
    </section>
  );
}

function Step({ step, at = null }: { step: ReachStep; at?: string | null }) {
  const { Icon, word, text } = LOOK[step.status];
  return (
    <li className="flex items-start gap-2 text-13">
      <Icon aria-hidden className={`mt-0.5 ${text}`} />
      <span className="min-w-0">
        <span className="font-medium">{step.title}</span>
        <span className="sr-only">: {word}</span>
        <span className="block max-w-prose text-12 text-ink-2 [overflow-wrap:anywhere]">
          {step.message} {at === null ? null : <RelativeTime at={at} ago />}
        </span>
      </span>
    </li>
  );
}

function outside(endpoint: EndpointView, { lastOutside }: ReachView): ReachStep {
  const step = { id: "outside" as const, title: "It can be reached from outside" };
  if (lastOutside !== null) return { ...step, status: "passed", message: `Last seen from ${lastOutside.clientIp},` };
  return {
    ...step,
    status: "unknown",
    message:
      "No request from a public address is among the newest of this endpoint. Send a test from " +
      `${endpoint.provider.id === "none" ? "the sender" : endpoint.provider.name}.`,
  };
}
