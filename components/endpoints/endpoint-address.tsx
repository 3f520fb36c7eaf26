"use client";
import { AnswerBudget } from "#components/endpoints/answer-budget.tsx";
import { exampleCurl } from "#components/endpoints/example-curl.ts";
import { Globe, Monitor } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { EndpointView } from "#lib/views/endpoint-views.ts";

/** The endpoint's address to copy, a curl line that works, who can reach it, and how fast it answers. */
export function EndpointAddress({ endpoint, onShowHow }: { endpoint: EndpointView; onShowHow: (() => void) | null }) {
  const { url, reach } = endpoint;
  const Icon = reach.kind === "public" ? Globe : Monitor;
  return (
    <section aria-label="Address" className="flex flex-col gap-2 rounded-card border border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <code
          className="min-w-0 flex-[1_1_16rem] font-mono text-13 text-ink [overflow-wrap:anywhere]"
          data-testid="endpoint-url"
        >
          {url}
        </code>
        <CopyButton text={url}>Copy address</CopyButton>
        <CopyButton text={exampleCurl(endpoint)}>Copy curl</CopyButton>
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 md:flex-nowrap">
        <p className="flex min-w-0 flex-1 basis-64 items-start gap-2 text-12 text-ink-3">
          <Icon aria-hidden className="mt-px size-3.5" />
          <span>
            <span className="font-medium text-ink-2">{reach.title}.</span> {reach.sentence}
          </span>
        </p>
        {onShowHow === null ? null : (
          <Button size="compact" onClick={onShowHow}>
            {reach.kind === "public" ? "Test the address" : "Show me how"}
          </Button>
        )}
      </div>
      <AnswerBudget endpoint={endpoint} />
    </section>
  );
}
