"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { ActionResult } from "#lib/core/action-result.ts";

/** Opens one private address and port for the workspace. */
export function AllowAddressForm({
  allow,
}: {
  allow: (input: { address: string; port: number; note: string }) => Promise<ActionResult<{ id: string }>>;
}) {
  const [address, setAddress] = useState("");
  const [port, setPort] = useState("443");
  const [note, setNote] = useState("");
  const { pending, errors, refusal, run } = useAction();
  const submit = async () => {
    const result = await run(() => allow({ address, port: Number(port), note }));
    if (result.kind === "refused") return;
    showToast(`${address}:${port} may be called now`);
    setAddress("");
    setNote("");
  };
  return (
    <Card
      title="Allow an address"
      description="Every flow of this workspace may then call it. Metadata addresses can never be allowed."
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div className="grid gap-3 md:grid-cols-[minmax(0,1fr)_120px]">
          <Field label="Address" error={errors.address}>
            <Input mono value={address} onValueChange={setAddress} placeholder="192.168.1.10" required />
          </Field>
          <Field label="Port" error={errors.port}>
            <Input mono type="number" min={1} max={65_535} value={port} onValueChange={setPort} required />
          </Field>
        </div>
        <Field label="What it is" mark="optional" error={errors.note}>
          <Input value={note} onValueChange={setNote} maxLength={200} placeholder="CRM in the office" />
        </Field>
        {refusal ? (
          <Notice tone="bad" title="That did not work">
            {refusal}
          </Notice>
        ) : null}
        <Button type="submit" variant="primary" pending={pending} className="self-start">
          Allow address
        </Button>
      </form>
    </Card>
  );
}
