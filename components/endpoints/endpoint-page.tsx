"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { EndpointAddress } from "#components/endpoints/endpoint-address.tsx";
import { EndpointMenu } from "#components/endpoints/endpoint-menu.tsx";
import { HealthBadge } from "#components/endpoints/health-badge.tsx";
import { Inspector } from "#components/endpoints/inspector.tsx";
import { SendSample } from "#components/endpoints/send-sample.tsx";
import { SettingsForm } from "#components/endpoints/settings-form.tsx";
import { useLive } from "#components/live/use-live.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { EndpointView, ProviderChoice, Recognition, RequestDetail, RequestItem, SampleChoice } from "#lib/core/endpoint-views.ts";

/** What the endpoint's page shows and can do. */
export type EndpointPageProps = {
  endpoint: EndpointView;
  rows: RequestItem[];
  recognition: Recognition | null;
  opened: RequestDetail | null;
  openId: string | null;
  tab: "requests" | "settings";
  providers: readonly ProviderChoice[];
  samples: readonly SampleChoice[];
  actions: EndpointActions;
};

/** One endpoint: its address, what arrives there as it arrives, and its settings. */
export function EndpointPage({ endpoint, rows, recognition, opened, openId, tab, providers, samples, actions }: EndpointPageProps) {
  const router = useRouter();
  const [shown, setShown] = useState<string>(tab);
  // Another tab or person changed the endpoint: its settings are read again by the page's own loader.
  useLive([`settings:${endpoint.id}`], () => router.refresh());
  const send = <SendSample endpoint={endpoint} samples={samples} send={actions.sendSample} />;
  return (
    <Page>
      <PageHeader
        title={endpoint.name}
        meta={
          <>
            {endpoint.paused ? <HealthBadge health={{ kind: "paused", sentence: "Events are stored and run on resume." }} /> : null}
            <Badge>{endpoint.provider.name}</Badge>
            {endpoint.settings.verification === "required" ? null : <span className="text-12 text-ink-3">signatures are not checked</span>}
          </>
        }
        actions={
          <>
            {endpoint.mayTest ? send : null}
            {endpoint.mayEdit ? <EndpointMenu endpoint={endpoint} actions={actions} /> : null}
          </>
        }
      />
      <EndpointAddress endpoint={endpoint} />
      {endpoint.paused ? (
        <Notice tone="hold" className="mt-3" title="Paused">
          What arrives is stored and answered as always; it runs when you resume.
        </Notice>
      ) : null}
      <Tabs
        label="Endpoint"
        className="mt-4"
        value={shown}
        onValueChange={(next) => {
          setShown(next);
          router.replace(next === "settings" ? "?tab=settings" : "?", { scroll: false });
        }}
        items={[
          {
            value: "requests",
            label: "Requests",
            content: (
              <Inspector
                endpoint={endpoint}
                rows={rows}
                recognition={recognition}
                opened={opened}
                openId={openId}
                samples={samples}
                actions={actions}
              />
            ),
          },
          {
            value: "settings",
            label: "Settings",
            content: <SettingsForm key={endpoint.revision} endpoint={endpoint} providers={providers} actions={actions} />,
          },
        ]}
      />
    </Page>
  );
}
