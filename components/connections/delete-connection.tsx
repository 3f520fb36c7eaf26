"use client";
import { useRouter } from "next/navigation";
import type { ConnectionActions } from "#components/connections/connection-actions.ts";
import { Trash2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";

type DeleteConnectionProps = {
  connection: { id: string; name: string };
  flows: readonly { id: string; name: string }[];
  actions: Pick<ConnectionActions, "remove" | "restore">;
};

/** Deletes a connection after saying which flows then fail; the toast takes it back. */
export function DeleteConnection({ connection, flows, actions }: DeleteConnectionProps) {
  const router = useRouter();
  const { run } = useAction("toast");
  const restore = async () => {
    if ((await run(() => actions.restore(connection.id))).kind === "ok") router.refresh();
  };
  const remove = async () => {
    const result = await actions.remove(connection.id);
    if (result.kind === "refused") return result.message;
    router.push("/connections");
    showToast(`Deleted "${connection.name}"`, {
      action: {
        label: "Undo",
        onSelect: () => void restore(),
      },
    });
    return undefined;
  };
  return (
    <ConfirmDialog
      title={`Delete "${connection.name}"?`}
      confirmLabel="Delete connection"
      cancelLabel="Keep it"
      danger
      trigger={<Button icon={<Trash2 aria-hidden />}>Delete</Button>}
      onConfirm={remove}
    >
      {flows.length > 0 ? (
        <>
          <p>
            Steps that use it fail before anything is sent.{" "}
            {flows.length === 1 ? "1 flow uses it:" : `${flows.length} flows use it:`}
          </p>
          <ul className="list-disc pl-5">
            {flows.slice(0, 10).map((flow) => (
              <li key={flow.id}>{flow.name}</li>
            ))}
          </ul>
        </>
      ) : (
        <p>No flow uses it.</p>
      )}
      <p>You can bring it back for 30 days.</p>
    </ConfirmDialog>
  );
}
