"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ByHandPreviewView } from "#components/endpoints/by-hand-preview.tsx";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { Play } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SearchSelect } from "#components/ui/search-select.tsx";
import { Select } from "#components/ui/select.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import { visibleText } from "#components/ui/visible-text.ts";
import type { ByHandPreview, ByHandSource, RunnableFlow } from "#lib/engine/by-hand-view.ts";
import type { RequestDetail } from "#lib/views/endpoint-views.ts";

type RunByHandProps = {
  detail: Pick<RequestDetail, "id" | "kind" | "verdict" | "verification" | "itemCount" | "items">;
  acts: EndpointActions["byHand"];
};

const EACH = "each";

/** Runs what is stored through any flow that has a live version, after showing what that would do. */
export function RunByHand({ detail, acts }: RunByHandProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [flows, setFlows] = useState<RunnableFlow[] | null>(null);
  const [flowId, setFlowId] = useState<string | null>(null);
  const [item, setItem] = useState<string>(EACH);
  const [preview, setPreview] = useState<ByHandPreview | null>(null);
  const loading = useAction("toast");
  const previewing = useAction();
  const starting = useAction();
  const chosen = flows?.find(({ id }) => id === flowId) ?? null;
  const sourceOf = (value: string): ByHandSource => ({
    ...{ kind: detail.kind, id: detail.id },
    itemIndex: value === EACH ? null : Number(value),
  });

  const begin = async () => {
    const found = await loading.run(() => acts.flows());
    if (found.kind === "refused") return;
    setFlows(found.value);
    setFlowId(null);
    setPreview(null);
    previewing.clear();
    starting.clear();
    setOpen(true);
  };
  const look = async (id: string, value: string) => {
    setFlowId(id);
    setItem(value);
    setPreview(null);
    starting.clear();
    const answer = await previewing.run(() => acts.preview(id, sourceOf(value)));
    if (answer.kind === "ok") setPreview(answer.value);
  };
  const start = async () => {
    if (flowId === null) return;
    const answer = await starting.run(() => acts.run(flowId, sourceOf(item)));
    if (answer.kind === "refused") return;
    setOpen(false);
    const { eventId, runIds } = answer.value;
    const [first] = runIds;
    showToast(runIds.length === 1 ? "1 run started" : `${runIds.length.toLocaleString("en")} runs started`);
    router.push(runIds.length === 1 && first !== undefined ? `/runs/${first}` : `/runs?event=${eventId}`);
  };
  const problem = starting.problem ?? previewing.problem;
  const isNew = detail.kind === "request" && detail.verdict !== "duplicate";
  return (
    <>
      <Button size="compact" icon={<Play aria-hidden />} pending={loading.pending} onClick={() => void begin()}>
        Run through a flow…
      </Button>
      <Dialog
        title="Run this through a flow"
        description="A new run of the flow's live version, whatever endpoint and event types it listens to."
        open={open}
        onOpenChange={setOpen}
        size="wide"
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Do not run it</Button>
            <Button
              variant="primary"
              disabled={chosen === null}
              pending={starting.pending}
              onClick={() => void start()}
            >
              Run it
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {flows?.length === 0 ? (
            <p className="text-13 text-ink-2">No flow of this workspace has been published yet.</p>
          ) : (
            <Field label="Flow">
              <SearchSelect
                what="flows"
                options={(flows ?? []).map(({ id, name, version, on }) => ({
                  value: id,
                  label: `${name} · v${version}${on ? "" : " · off"}`,
                }))}
                value={flowId}
                onValueChange={(id) => void look(id, item)}
              />
            </Field>
          )}
          {detail.items === null || detail.itemCount === null ? null : (
            <Field label="Item" help="The preview shows one item: the chosen one, or the first new one.">
              <Select
                options={itemOptions(detail)}
                value={item}
                onValueChange={(value) => (flowId === null ? setItem(value) : void look(flowId, value))}
              />
            </Field>
          )}
          {isNew ? (
            <Notice tone="warn" title={`It was ${detail.verdict === "refused" ? "refused" : "no event"}`}>
              An event is made of it for this run alone, and stays {detail.verification}. No other flow starts; that you
              ran it is written to the audit log.
            </Notice>
          ) : null}
          {previewing.pending ? <p className="text-13 text-ink-3">Working it out…</p> : null}
          {preview === null ? null : <ByHandPreviewView preview={preview} />}
          {problem === null ? null : (
            <Notice tone="bad" title="That did not work">
              {problem}
            </Notice>
          )}
        </div>
      </Dialog>
    </>
  );
}

function itemOptions({ itemCount, items }: RunByHandProps["detail"]): { value: string; label: string }[] {
  const fresh = ((itemCount ?? 0) - (items?.seen ?? 0)).toLocaleString("en");
  const shown = items?.shown.filter(({ duplicate }) => !duplicate) ?? [];
  return [
    { value: EACH, label: `Each of its new items (${fresh})` },
    ...shown.map(({ index, eventType }) => {
      const type = eventType === null ? "" : `, ${visibleText(eventType)}`;
      return { value: String(index), label: `Item ${(index + 1).toLocaleString("en")}${type}` };
    }),
  ];
}
