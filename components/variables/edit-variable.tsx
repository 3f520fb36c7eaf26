"use client";
import { type FormEvent, useId, useState } from "react";
import { Plus } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioList } from "#components/ui/radio-list.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ActionResult } from "#lib/core/action-result.ts";

type Kind = "text" | "json";
type EditVariableProps = {
  /** The variable that is changed; null makes a new one. */
  variable: { name: string; kind: Kind; text: string } | null;
  create: (input: { name: string; kind: Kind; text: string }) => Promise<ActionResult>;
  update: (name: string, input: { kind: Kind; text: string }) => Promise<ActionResult>;
};

/** Asks for a variable's name, once, and its value as text or JSON. */
export function EditVariable({ variable, create, update }: EditVariableProps) {
  const formId = useId();
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<Kind>(variable?.kind ?? "text");
  const action = useAction();
  const change = (next: boolean) => {
    setOpen(next);
    action.clear();
    setKind(variable?.kind ?? "text");
  };

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    // Forms write line ends as CRLF; what was typed has LF.
    const value = { kind, text: String(form.get("text") ?? "").replaceAll("\r\n", "\n") };
    const name = variable?.name ?? String(form.get("name") ?? "").trim();
    const save = () => (variable === null ? create({ name, ...value }) : update(name, value));
    if ((await action.run(save)).kind === "ok") change(false);
  }

  return (
    <Dialog
      title={variable === null ? "Add a variable" : `Edit vars.${variable.name}`}
      open={open}
      onOpenChange={change}
      trigger={
        variable === null ? (
          <Button variant="primary" icon={<Plus aria-hidden />}>
            Add a variable
          </Button>
        ) : (
          <Button size="compact" aria-label={`Edit vars.${variable.name}`}>
            Edit…
          </Button>
        )
      }
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button variant="primary" type="submit" form={formId} pending={action.pending}>
            Save
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4" noValidate>
        {action.refusal === null ? null : <Notice tone="bad" title={action.refusal} />}
        {variable === null ? (
          <Field label="Name" help="Expressions read it as vars.name." error={action.errors.name}>
            <Input name="name" maxLength={64} autoFocus mono />
          </Field>
        ) : null}
        <RadioList<Kind>
          legend="Value"
          choices={[
            { value: "text", label: "Text" },
            { value: "json", label: "JSON: a number, a list, an object …" },
          ]}
          value={kind}
          onValueChange={setKind}
        />
        <Field
          label={kind === "text" ? "Text" : "JSON"}
          help="No secrets: everybody in this workspace can read it, and runs show it."
          error={action.errors.text}
        >
          <Textarea name="text" mono rows={5} defaultValue={variable?.text ?? ""} />
        </Field>
      </form>
    </Dialog>
  );
}
