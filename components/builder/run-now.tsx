"use client";
import { useId, useState } from "react";
import { useBuilder } from "#components/builder/builder-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useAction } from "#components/ui/use-action.ts";

/** Runs the live version of a flow without an endpoint now, with a JSON body. */
export function RunNow() {
  const { data, acts } = useBuilder();
  const formId = useId();
  const [open, setOpen] = useState(false);
  const [body, setBody] = useState("{}");
  const [runId, setRunId] = useState<string | null>(null);
  const action = useAction();
  if (!data.may.runMissed) return null;
  const change = (next: boolean) => {
    setOpen(next);
    setRunId(null);
    action.clear();
  };
  const start = async () => {
    const result = await action.run(() => acts.runNow(data.flow.id, body));
    if (result.kind === "ok") setRunId(result.value.runId);
  };
  return (
    <div className="flex flex-col items-start gap-1">
      <Dialog
        title="Run now"
        open={open}
        onOpenChange={change}
        trigger={<Button size="compact">Run now…</Button>}
        footer={
          <>
            <Button onClick={() => change(false)}>Close</Button>
            <Button variant="primary" type="submit" form={formId} pending={action.pending}>
              Run
            </Button>
          </>
        }
      >
        <form
          id={formId}
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void start();
          }}
        >
          {action.refusal === null ? null : <Notice tone="bad" title={action.refusal} />}
          {runId === null ? null : (
            <Notice tone="ok" title="The run has started">
              <TextLink href={`/runs/${runId}`}>Open the run</TextLink>
            </Notice>
          )}
          <Field
            label="Body (JSON)"
            help="Expressions read it as trigger.body. The published version runs and does what it says."
            error={action.errors.body}
          >
            <Textarea mono rows={6} value={body} onChange={(event) => setBody(event.target.value)} />
          </Field>
        </form>
      </Dialog>
      <p className="text-12 text-ink-3">Runs the published version, marked as a test.</p>
    </div>
  );
}
