"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { ChaosDialog } from "#components/endpoints/chaos-dialog.tsx";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { EndpointAddress } from "#components/endpoints/endpoint-address.tsx";
import { EndpointMenu } from "#components/endpoints/endpoint-menu.tsx";
import { HealthBadge } from "#components/endpoints/health-badge.tsx";
import { Inspector } from "#components/endpoints/inspector.tsx";
import { OtherHostBanner } from "#components/endpoints/other-host-banner.tsx";
import { PausedNotice } from "#components/endpoints/paused-notice.tsx";
import { RepeatsNotice } from "#components/endpoints/repeats-notice.tsx";
import { SendSample } from "#components/endpoints/send-sample.tsx";
import { SettingsForm } from "#components/endpoints/settings-form.tsx";
import { SetupPanel } from "#components/endpoints/setup-panel.tsx";
import { usePulse } from "#components/endpoints/use-pulse.ts";
import { RefusedSinceNotice, VerifiedCount } from "#components/endpoints/verified-since.tsx";
import { useLive } from "#components/live/use-live.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type {
  EndpointView,
  ProviderChoice,
  Recognition,
  RequestDetail,
  RequestItem,
  SampleChoice,
} from "#lib/views/endpoint-views.ts";
import type { EndpointGuide } from "#lib/views/guide-views.ts";
import type { ReachView } from "#lib/views/reach-views.ts";
import type { RepeatsView } from "#lib/views/repeats-view.ts";

/** The parts of the page. */
export type EndpointTab = "requests" | "setup" | "settings";

/** What the endpoint's page shows and can do. */
export type EndpointPageProps = {
  endpoint: EndpointView;
  rows: RequestItem[];
  recognition: Recognition | null;
  opened: RequestDetail | null;
  openId: string | null;
  tab: EndpointTab;
  reach: ReachView;
  repeats: RepeatsView | null;
  /** Read only while its tab is open. */
  guide: EndpointGuide | null;
  providers: readonly ProviderChoice[];
  samples: readonly SampleChoice[];
  actions: EndpointActions;
};

/** One endpoint: its address, what arrives there as it arrives, how to set its sender up, and its settings. */
export function EndpointPage(props: EndpointPageProps) {
  const { rows, recognition, opened, openId, tab, reach, repeats, guide, providers, samples, actions } = props;
  const endpoint = usePulse(props.endpoint);
  const router = useRouter();
  const [shown, setShown] = useState<string>(tab);
  const [jump, setJump] = useState({ id: openId, times: 0 });
  const asked = useRef<string | null>(null);
  // A link may lead to another tab of this page; what a person chose here meanwhile comes first.
  useEffect(() => {
    if (asked.current === null) setShown(tab);
    else if (asked.current === tab) asked.current = null;
  }, [tab]);
  const show = (next: string) => {
    setShown(next);
    asked.current = next === tab ? null : next;
    // The router would leave the page for one it cannot load, and what is typed here with it.
    if (navigator.onLine) router.replace(next === "requests" ? "?" : `?tab=${next}`, { scroll: false });
  };
  const openRequest = (id: string) => {
    setShown("requests");
    asked.current = tab === "requests" ? null : "requests";
    setJump(({ times }) => ({ id, times: times + 1 }));
    router.replace(`?request=${id}`, { scroll: false });
  };
  // Another tab or person changed the endpoint: its settings are read again by the page's own loader.
  useLive([`settings:${endpoint.id}`], () => router.refresh());
  const send = (
    <SendSample endpoint={endpoint} samples={samples} send={actions.sendSample} main={shown !== "settings"} />
  );
  return (
    <Page>
      <PageHeader
        title={endpoint.name}
        meta={
          <>
            {endpoint.paused ? (
              <HealthBadge health={{ kind: "paused", sentence: "Events are stored and run on resume." }} />
            ) : null}
            <Badge>{endpoint.provider.name}</Badge>
            {endpoint.settings.verification === "required" ? null : (
              <span className="text-12 text-ink-3">signatures are not checked</span>
            )}
            <VerifiedCount endpoint={endpoint} />
          </>
        }
        actions={
          <>
            {endpoint.mayTest ? <ChaosDialog endpoint={endpoint} onOpenRequest={openRequest} /> : null}
            {endpoint.mayTest ? send : null}
            {endpoint.mayEdit ? <EndpointMenu endpoint={endpoint} actions={actions} /> : null}
          </>
        }
      />
      <EndpointAddress endpoint={endpoint} onShowHow={shown === "setup" ? null : () => show("setup")} />
      <OtherHostBanner reach={reach} save={actions.help.setPublicAddress} />
      <RefusedSinceNotice endpoint={endpoint} />
      <RepeatsNotice endpointId={endpoint.id} repeats={repeats} />
      <PausedNotice endpoint={endpoint} pause={actions.pause} />
      <Tabs
        label="Endpoint"
        className="mt-4"
        value={shown}
        onValueChange={show}
        items={[
          {
            value: "requests",
            label: "Requests",
            content: (
              <Inspector
                key={jump.times}
                endpoint={endpoint}
                rows={rows}
                recognition={recognition}
                opened={opened}
                openId={jump.id}
                providers={providers}
                samples={samples}
                actions={actions}
                onSenderChosen={(unfinished) => show(unfinished ? "settings" : "setup")}
              />
            ),
          },
          {
            value: "setup",
            label: endpoint.provider.id === "none" ? "Set up" : `Set up ${endpoint.provider.name}`,
            content: <SetupPanel endpoint={endpoint} reach={reach} guide={guide} actions={actions.help} />,
          },
          {
            value: "settings",
            label: "Settings",
            content: <SettingsForm endpoint={endpoint} providers={providers} actions={actions} />,
          },
        ]}
      />
    </Page>
  );
}
