"use client";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { ActionResult } from "#lib/core/action-result.ts";

type DeleteVariableProps = {
  name: string;
  flows: readonly { id: string; name: string }[];
  remove: (name: string) => Promise<ActionResult>;
};

/** Removes a variable after saying which flows read it. */
export function DeleteVariable({ name, flows, remove }: DeleteVariableProps) {
  return (
    <ConfirmDialog
      title={`Delete vars.${name}?`}
      confirmLabel="Delete variable"
      cancelLabel="Keep it"
      danger
      trigger={
        <Button size="compact" aria-label={`Delete vars.${name}`}>
          Delete…
        </Button>
      }
      onConfirm={async () => {
        const result = await remove(name);
        return result.kind === "refused" ? result.message : undefined;
      }}
    >
      {flows.length === 0 ? (
        <p>No flow reads it.</p>
      ) : (
        <>
          <p>
            {flows.length === 1 ? "1 flow reads it and finds" : `${flows.length} flows read it and find`} nothing from
            then on:
          </p>
          <ul className="list-disc pl-5">
            {flows.slice(0, 10).map((flow) => (
              <li key={flow.id}>{flow.name}</li>
            ))}
          </ul>
        </>
      )}
      <p>It cannot be brought back.</p>
    </ConfirmDialog>
  );
}
