"use client";
import type { HelpActions } from "#components/endpoints/endpoint-help-actions.ts";
import { ProviderCard } from "#components/endpoints/provider-card.tsx";
import { ReachCard } from "#components/endpoints/reach-card.tsx";
import { Card } from "#components/ui/card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { EndpointView } from "#lib/views/endpoint-views.ts";
import type { EndpointGuide } from "#lib/views/guide-views.ts";
import type { ReachView } from "#lib/views/reach-views.ts";

/** Everything that helps to connect the endpoint to its sender; the guide is null while it is being read. */
export function SetupPanel({
  endpoint,
  reach,
  guide,
  actions,
}: {
  endpoint: EndpointView;
  reach: ReachView;
  guide: EndpointGuide | null;
  actions: HelpActions;
}) {
  return (
    <div className="flex max-w-form flex-col gap-4">
      <ReachCard key={`${reach.origin} ${reach.address}`} endpoint={endpoint} reach={reach} actions={actions} />
      {guide === null ? (
        <Card title="Set up the sender">
          <div role="status" aria-label="Loading" className="flex flex-col gap-3">
            <Skeleton className="w-64" />
            <Skeleton className="w-96 max-w-full" />
            <Skeleton className="w-48" />
          </div>
        </Card>
      ) : (
        <ProviderCard guide={guide} />
      )}
    </div>
  );
}
