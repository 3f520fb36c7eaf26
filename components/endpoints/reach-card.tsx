"use client";
import type { HelpActions } from "#components/endpoints/endpoint-help-actions.ts";
import { ForwardLines } from "#components/endpoints/forward-lines.tsx";
import { PublicAddressForm } from "#components/endpoints/public-address-form.tsx";
import { ReachTest } from "#components/endpoints/reach-test.tsx";
import { Card } from "#components/ui/card.tsx";
import type { EndpointView } from "#lib/views/endpoint-views.ts";
import type { ReachView } from "#lib/views/reach-views.ts";

/** Who can reach the endpoint, three ways to let senders in, and a test of how far they get. */
export function ReachCard({
  endpoint,
  reach,
  actions,
}: {
  endpoint: EndpointView;
  reach: ReachView;
  actions: HelpActions;
}) {
  const inside = endpoint.reach.kind === "this-computer" || endpoint.reach.kind === "network";
  return (
    <Card title={endpoint.reach.title} description={endpoint.reach.sentence}>
      <div className="flex flex-col gap-6">
        {inside ? <ForwardLines lines={reach.lines} /> : null}
        <PublicAddressForm reach={reach} save={actions.setPublicAddress} />
        <ReachTest endpoint={endpoint} reach={reach} test={actions.testPublicAddress} />
      </div>
    </Card>
  );
}
