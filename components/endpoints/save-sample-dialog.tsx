"use client";
import { useState } from "react";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { Tag } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { RequestDetail } from "#lib/views/endpoint-views.ts";

/** Keeps a request under a name, to build flows on. */
export function SaveSampleDialog({
  endpointId,
  detail,
  save,
}: {
  endpointId: string;
  detail: RequestDetail;
  save: EndpointActions["saveSample"];
}) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(detail.eventType ?? `${detail.method} sample`);
  const { pending, problem, run } = useAction();
  const submit = async () => {
    const result = await run(() => save(endpointId, detail.id, name));
    if (result.kind === "refused") return;
    setOpen(false);
    showToast(`Kept as "${name}"`, { description: "The builder offers it as a sample." });
  };
  return (
    <Dialog
      title="Keep as a sample"
      description="The request is kept under a name and can be built on, also after it has expired."
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="compact" icon={<Tag aria-hidden />}>
          Save as sample
        </Button>
      }
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={submit}>
            Save sample
          </Button>
        </>
      }
    >
      <Field label="Name" error={problem}>
        <Input value={name} onValueChange={(next) => setName(next)} maxLength={120} />
      </Field>
    </Dialog>
  );
}
