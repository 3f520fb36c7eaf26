"use client";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { exampleCurl } from "#components/endpoints/example-curl.ts";
import { SendFirstSample } from "#components/endpoints/send-sample.tsx";
import { Webhook } from "#components/icons.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { EndpointView, SampleChoice } from "#lib/views/endpoint-views.ts";

/** Nothing has arrived yet: the address is live, and a sample is one click away. */
export function EmptyInspector({
  endpoint,
  samples,
  send,
}: {
  endpoint: EndpointView;
  samples: readonly SampleChoice[];
  send: EndpointActions["sendSample"];
}) {
  const sample = samples[0];
  return (
    <EmptyState
      icon={<Webhook />}
      title="Waiting for the first request"
      action={
        sample !== undefined && endpoint.mayTest ? (
          <SendFirstSample endpoint={endpoint} sample={sample} send={send} />
        ) : null
      }
      link={<CopyButton text={exampleCurl(endpoint)}>Copy curl</CopyButton>}
    >
      This address is live. Send something to it, or use a sample.
    </EmptyState>
  );
}
