"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Plus } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ActionResult } from "#lib/core/action-result.ts";
import type { Role } from "#lib/core/roles.ts";

type MakeApiKeyProps = {
  roles: Role[];
  make: (input: { name: string; role: Role }) => Promise<ActionResult<{ id: string; key: string }>>;
};

const ROLE_WORDS: Record<Role, string> = {
  viewer: "Sees flows, endpoints and runs, not what is in them",
  editor: "Also edits and publishes flows, replays and resumes runs",
  admin: "Also manages endpoints and connections, and turns flows on and off",
  owner: "Everything",
};

/** Asks for a name and a role, then shows the new key this once. */
export function MakeApiKey({ roles, make }: MakeApiKeyProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [role, setRole] = useState<Role>("editor");
  const action = useAction();
  const [made, setMade] = useState<{ name: string; key: string } | null>(null);

  const change = (next: boolean) => {
    setOpen(next);
    action.clear();
    if (next || made === null) return;
    setMade(null);
    router.refresh();
  };

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "");
    const result = await action.run(() => make({ name, role }));
    if (result.kind === "ok") setMade({ name: name.trim(), key: result.value.key });
  }

  return (
    <Dialog
      title={made === null ? "Create an API key" : `Copy the key of “${made.name}”`}
      open={open}
      onOpenChange={change}
      trigger={
        <Button variant="primary" icon={<Plus aria-hidden />}>
          Create an API key
        </Button>
      }
      footer={
        made === null ? (
          <>
            <Button onClick={() => change(false)}>Cancel</Button>
            <Button variant="primary" type="submit" form="make-api-key" pending={action.pending}>
              Create key
            </Button>
          </>
        ) : (
          <Button variant="primary" onClick={() => change(false)}>
            I have copied it
          </Button>
        )
      }
    >
      {made === null ? (
        <form id="make-api-key" onSubmit={submit} className="flex flex-col gap-4" noValidate>
          {action.refusal === null ? null : <Notice tone="bad" title={action.refusal} />}
          <Field
            label="Name"
            help="What uses it, so that you know later what stops when it is revoked."
            error={action.errors.name}
          >
            <Input name="name" maxLength={80} autoFocus />
          </Field>
          <Field label="Role" error={action.errors.role}>
            <Select<Role>
              options={roles.map((value) => ({ value, label: value, description: ROLE_WORDS[value] }))}
              value={role}
              onValueChange={setRole}
            />
          </Field>
        </form>
      ) : (
        <div className="flex flex-col gap-3">
          <CodeBlock label="API key" code={made.key} wrap />
          <p className="text-13 text-ink-2">
            It is shown only once: Hookline keeps only its hash. Send it as Authorization: Bearer.
          </p>
        </div>
      )}
    </Dialog>
  );
}
