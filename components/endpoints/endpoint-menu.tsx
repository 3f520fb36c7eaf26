"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { usePause } from "#components/endpoints/paused-notice.tsx";
import { EllipsisVertical, Pause, Play, Trash2 } from "#components/icons.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { EndpointView } from "#lib/views/endpoint-views.ts";

/** Pause, resume and delete. */
export function EndpointMenu({ endpoint, actions }: { endpoint: EndpointView; actions: EndpointActions }) {
  const router = useRouter();
  const [deleting, setDeleting] = useState(false);
  const senders = endpoint.provider.id === "none" ? "senders" : endpoint.provider.name;
  const { run } = useAction("toast");
  const { setPaused } = usePause(endpoint, actions.pause);
  const remove = async () => {
    const result = await actions.remove(endpoint.id);
    if (result.kind === "refused") return result.message;
    router.push("/endpoints");
    const restore = async () => {
      if ((await run(() => actions.restore(endpoint.id))).kind === "ok") router.refresh();
    };
    showToast(`Deleted "${endpoint.name}"`, { action: { label: "Undo", onSelect: () => void restore() } });
    return undefined;
  };
  return (
    <>
      <Menu
        label="More"
        trigger={<IconButton label="More" variant="secondary" icon={<EllipsisVertical aria-hidden />} />}
        items={[
          endpoint.paused
            ? { label: "Resume endpoint", icon: <Play aria-hidden />, onSelect: () => void setPaused(false) }
            : { label: "Pause endpoint", icon: <Pause aria-hidden />, onSelect: () => void setPaused(true) },
          { kind: "line" },
          { label: "Delete endpoint", icon: <Trash2 aria-hidden />, onSelect: () => setDeleting(true) },
        ]}
      />
      <ConfirmDialog
        title={`Delete "${endpoint.name}"?`}
        confirmLabel="Delete endpoint"
        cancelLabel="Keep it"
        danger
        open={deleting}
        onOpenChange={setDeleting}
        onConfirm={remove}
      >
        <p>
          Its address stops answering at once: {senders} will get 404. Its history stays, and you can bring it back for
          30 days.
        </p>
      </ConfirmDialog>
    </>
  );
}
