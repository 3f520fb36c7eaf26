"use client";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { RunByHand } from "#components/endpoints/run-by-hand.tsx";
import { SaveSampleDialog } from "#components/endpoints/save-sample-dialog.tsx";
import { Play, RefreshCw, ShieldCheck } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { EndpointView, RequestDetail } from "#lib/views/endpoint-views.ts";

type RequestActionsProps = {
  endpoint: EndpointView;
  detail: RequestDetail;
  actions: EndpointActions;
  onOpen: (id: string) => void;
};

/** What can be done with one request. */
export function RequestActions({ endpoint, detail, actions, onOpen }: RequestActionsProps) {
  const { pending: checking, run: ask } = useAction("toast");
  const recheck = async () => {
    const result = await ask(() => actions.recheck(endpoint.id, detail.id));
    if (result.kind === "ok") showToast(result.value.message);
  };
  const accept = async () => {
    const result = await actions.accept(endpoint.id, detail.id);
    if (result.kind === "refused") return result.message;
    showToast("Accepted; its flows run now");
    onOpen(result.value.eventId);
    return undefined;
  };
  const run = detail.runs[0];
  return (
    <div className="flex flex-wrap gap-2">
      {run === undefined ? null : (
        <ButtonLink size="compact" href={`/runs/${run.id}`} icon={<RefreshCw aria-hidden />}>
          {detail.runs.length === 1 ? "Open run to replay" : "Open first run to replay"}
        </ButtonLink>
      )}
      {endpoint.mayTest && detail.verdict !== "handshake" && endpoint.settings.verification === "required" ? (
        <Button size="compact" icon={<ShieldCheck aria-hidden />} pending={checking} onClick={recheck}>
          Check again
        </Button>
      ) : null}
      {endpoint.mayAccept &&
      detail.verdict === "refused" &&
      detail.relatedEventId === null &&
      detail.sha256 !== null ? (
        <ConfirmDialog
          title="Accept this refused request?"
          confirmLabel="Accept and run"
          cancelLabel="Keep it refused"
          trigger={
            <Button size="compact" icon={<Play aria-hidden />}>
              Accept and run
            </Button>
          }
          onConfirm={accept}
        >
          <p>
            It becomes an event and the flows that listen start. Its signature stays {detail.verification}; that you
            accepted it is written to the audit log.
          </p>
        </ConfirmDialog>
      ) : null}
      {mayRunByHand(endpoint, detail) ? <RunByHand key={detail.id} detail={detail} acts={actions.byHand} /> : null}
      {endpoint.mayTest && detail.headers !== null ? (
        <SaveSampleDialog endpointId={endpoint.id} detail={detail} save={actions.saveSample} />
      ) : null}
      {detail.curl === null ? null : <CopyButton text={detail.curl}>Copy as curl</CopyButton>}
    </div>
  );
}

/** Whoever replays runs may; what the door did not take needs the right to accept it, and its whole body. */
function mayRunByHand(endpoint: EndpointView, detail: RequestDetail): boolean {
  if (!endpoint.mayRun || detail.headers === null) return false;
  if (detail.kind === "event") return detail.itemCount !== 0;
  if (detail.verdict === "duplicate") return detail.relatedEventId !== null;
  return endpoint.mayAccept && detail.sha256 !== null;
}
