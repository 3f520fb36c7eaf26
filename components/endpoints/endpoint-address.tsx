"use client";
import { Globe, Monitor } from "#components/icons.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { EndpointView } from "#lib/core/endpoint-views.ts";

/** Below this many measured events a percentile says nothing. */
const ANSWER_TIMES_MIN = 20;

/** The endpoint's address to copy, a curl line that works, and who can reach it. */
export function EndpointAddress({ endpoint }: { endpoint: EndpointView }) {
  const { url, reach, answerTimes } = endpoint;
  const Icon = reach.kind === "public" ? Globe : Monitor;
  const curl = `curl -X ${endpoint.settings.methods[0] ?? "POST"} '${url}' -H 'content-type: application/json' -d '{"hello":"world"}'`;
  return (
    <section aria-label="Address" className="flex flex-col gap-2 rounded-card border border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <code className="min-w-0 flex-[1_1_16rem] font-mono text-13 text-ink [overflow-wrap:anywhere]" data-testid="endpoint-url">
          {url}
        </code>
        <CopyButton text={url}>Copy address</CopyButton>
        <CopyButton text={curl}>Copy curl</CopyButton>
      </div>
      <p className="flex items-start gap-2 text-12 text-ink-3">
        <Icon aria-hidden className="mt-px size-3.5" />
        <span>
          <span className="font-medium text-ink-2">{reach.title}.</span> {reach.sentence}
        </span>
      </p>
      <p className="text-12 text-ink-3">
        {endpoint.provider.pasteUrl}
        {answerTimes === null || answerTimes.count < ANSWER_TIMES_MIN
          ? null
          : ` Senders waited ${answerTimes.p50Ms} ms at the median and ${answerTimes.p99Ms} ms at the 99th percentile of ${answerTimes.count.toLocaleString("en")} measured events.`}
      </p>
    </section>
  );
}
