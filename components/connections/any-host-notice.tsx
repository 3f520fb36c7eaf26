"use client";
import { useRouter } from "next/navigation";
import type { ConnectionActions } from "#components/connections/connection-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";

type AnyHostNoticeProps = {
  connectionId: string;
  /** The hosts its flows are written to call; `open` when some take theirs from the event. */
  written: { hosts: readonly string[]; open: boolean };
  mayEdit: boolean;
  limit: ConnectionActions["limitHosts"];
};

/** Says that a connection's secret may go to any host, and offers to keep it to the hosts its flows call. */
export function AnyHostNotice({ connectionId, written, mayEdit, limit }: AnyHostNoticeProps) {
  const router = useRouter();
  const list = written.hosts.join(", ");
  return (
    <Notice
      tone="warn"
      className="mb-5"
      title="This connection may be used with any host"
      actions={
        mayEdit && written.hosts.length > 0 ? (
          <ConfirmDialog
            title="Keep this connection to these hosts?"
            confirmLabel="Only these hosts"
            cancelLabel="Leave it as it is"
            trigger={<Button size="compact">Only the hosts flows call…</Button>}
            onConfirm={async () => {
              const result = await limit(connectionId, written.hosts);
              if (result.kind === "refused") return result.message;
              showToast("Limited to the hosts flows call");
              router.refresh();
              return undefined;
            }}
          >
            <p>
              It may then be used with <code className="font-mono text-13">{list}</code>. A step that would send it
              elsewhere waits, and an admin can allow that host with one button.
            </p>
            {written.open ? <p>Some steps take their host from the event: their runs may wait at first.</p> : null}
          </ConfirmDialog>
        ) : null
      }
    >
      Whoever edits flows can have its secret sent anywhere.{" "}
      {written.hosts.length > 0 ? `Its flows call ${list}.` : "Name the hosts it is for below."}
    </Notice>
  );
}
