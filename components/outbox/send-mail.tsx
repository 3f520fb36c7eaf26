"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Send } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import type { ActionResult } from "#lib/core/action-result.ts";

type SendMailProps = {
  mail: { id: string; recipients: readonly string[] };
  servers: readonly { id: string; name: string }[];
  send: (
    mailId: string,
    connectionId: string,
  ) => Promise<ActionResult<{ kind: "sent" | "failed" | "unknown"; message: string }>>;
};

/** Sends a kept mail for real, once, after naming who gets it. */
export function SendMail({ mail, servers, send }: SendMailProps) {
  const router = useRouter();
  const [server, setServer] = useState(servers[0]?.id ?? "");
  const count = mail.recipients.length;
  const act = async () => {
    const result = await send(mail.id, server);
    if (result.kind === "refused") return result.message;
    if (result.value.kind === "failed") return result.value.message;
    showToast(result.value.kind === "sent" ? "Sent" : "We cannot tell", {
      description: result.value.message,
      tone: result.value.kind === "sent" ? "neutral" : "bad",
    });
    router.refresh();
    return undefined;
  };
  return (
    <ConfirmDialog
      title="Send this mail for real?"
      confirmLabel={count === 1 ? "Send 1 mail" : `Send to ${count} people`}
      cancelLabel="Keep it here"
      trigger={
        <Button variant="primary" icon={<Send aria-hidden />}>
          Send for real…
        </Button>
      }
      onConfirm={act}
    >
      <p>It goes out with exactly these bytes and this Message-ID, to:</p>
      <ul className="list-disc pl-5 font-mono text-13">
        {mail.recipients.slice(0, 20).map((recipient) => (
          <li key={recipient}>{recipient}</li>
        ))}
        {count > 20 ? <li>and {count - 20} more</li> : null}
      </ul>
      <Field label="Through">
        <Select
          options={servers.map(({ id, name }) => ({ value: id, label: name }))}
          value={server}
          onValueChange={setServer}
        />
      </Field>
    </ConfirmDialog>
  );
}
