import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { EndpointPage, type EndpointTab } from "#components/endpoints/endpoint-page.tsx";
import { requireActor } from "#lib/auth/require-actor.ts";
import { readRequestBody } from "#lib/commands/requests/read-request-body.ts";
import { may } from "#lib/core/roles.ts";
import { loadEndpointGuide } from "#lib/loaders/endpoint-guide.ts";
import { listProviderChoices, listSampleChoices, loadEndpoint } from "#lib/loaders/endpoints.ts";
import { loadRecognition, loadRequest, loadRequests } from "#lib/loaders/inspector.ts";
import { loadReach } from "#lib/loaders/reach.ts";
import { loadRepeats } from "#lib/loaders/repeats.ts";
import {
  acceptRequestAction,
  addSecretAction,
  deleteEndpointAction,
  inferSchemaAction,
  listRunnableFlowsAction,
  pauseEndpointAction,
  previewByHandAction,
  recheckRequestAction,
  rehearseSettingsAction,
  restoreEndpointAction,
  retireSecretAction,
  runByHandAction,
  saveSampleAction,
  sendSampleAction,
  setPublicAddressAction,
  testAddressAction,
  testPublicAddressAction,
  updateEndpointAction,
} from "../actions.ts";

type Props = { params: Promise<{ endpointId: string }>; searchParams: Promise<{ request?: string; tab?: string }> };

/** The endpoint's name as the page's title. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await loadEndpoint((await params).endpointId))?.name ?? "Endpoint" };
}

/** One endpoint: the live inspector, and its settings. `?request=<id>` opens exactly that request. */
export default async function EndpointRoute({ params, searchParams }: Props) {
  const [{ endpointId }, { request: requestId, tab }] = await Promise.all([params, searchParams]);
  const actor = await requireActor();
  const endpoint = await loadEndpoint(endpointId);
  if (endpoint === null) notFound();
  const shown: EndpointTab = tab === "settings" || tab === "setup" ? tab : "requests";
  const [rows, recognition, opened, reading, reach, repeats, guide] = await Promise.all([
    loadRequests(actor, endpointId, {}),
    loadRecognition(actor, endpointId),
    requestId === undefined ? null : loadRequest(actor, endpointId, requestId),
    requestId === undefined || !may(actor.role, "payload.read") ? null : readRequestBody(actor, endpointId, requestId),
    loadReach(actor, endpointId),
    loadRepeats(actor, endpointId),
    shown === "setup" ? loadEndpointGuide(actor, endpointId) : null,
  ]);
  if (reach === null) notFound();
  return (
    <EndpointPage
      endpoint={endpoint}
      rows={rows ?? []}
      recognition={recognition}
      opened={opened === null ? null : { ...opened, reading }}
      openId={requestId ?? null}
      tab={shown}
      reach={reach}
      repeats={repeats}
      guide={guide}
      providers={listProviderChoices()}
      samples={listSampleChoices(endpoint.provider.id)}
      actions={{
        update: updateEndpointAction,
        rehearse: rehearseSettingsAction,
        inferSchema: inferSchemaAction,
        addSecret: addSecretAction,
        retireSecret: retireSecretAction,
        pause: pauseEndpointAction,
        remove: deleteEndpointAction,
        restore: restoreEndpointAction,
        sendSample: sendSampleAction,
        recheck: recheckRequestAction,
        accept: acceptRequestAction,
        byHand: { flows: listRunnableFlowsAction, preview: previewByHandAction, run: runByHandAction },
        saveSample: saveSampleAction,
        help: {
          testAddress: testAddressAction,
          setPublicAddress: setPublicAddressAction,
          testPublicAddress: testPublicAddressAction,
        },
      }}
    />
  );
}
