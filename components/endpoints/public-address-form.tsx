"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { HelpActions } from "#components/endpoints/endpoint-help-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { ReachView } from "#lib/views/reach-views.ts";

/** The address under which senders reach this instance; for everybody, not for one endpoint. */
export function PublicAddressForm({ reach, save }: { reach: ReachView; save: HelpActions["setPublicAddress"] }) {
  const router = useRouter();
  const saved = reach.origin === "saved" ? reach.address : "";
  const [text, setText] = useState(reach.origin === "environment" ? reach.address : saved);
  const { pending, problem, run } = useAction();
  const fixed = reach.origin === "environment";
  const store = async (address: string | null) => {
    const result = await run(() => save(address));
    if (result.kind === "refused") return;
    setText(address === null ? "" : result.value.address);
    showToast(address === null ? "Public address removed" : "Public address saved", {
      description: `Every address begins with ${result.value.address} now.`,
    });
    router.refresh();
  };
  return (
    <form
      aria-label="Public address"
      className="flex max-w-form flex-wrap items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void store(text.trim() === "" ? null : text);
      }}
    >
      <Field label="Public address" className="min-w-56 flex-1" error={problem} help={help(reach)}>
        <Input
          mono
          inputMode="url"
          placeholder="https://hooks.example.com"
          value={text}
          disabled={fixed || !reach.mayEdit}
          onValueChange={(next) => setText(next)}
        />
      </Field>
      {fixed || !reach.mayEdit ? null : (
        <div className="flex gap-2 md:mt-6">
          <Button type="submit" pending={pending} disabled={text.trim() === saved}>
            Save address
          </Button>
          {saved === "" ? null : (
            <Button variant="quiet" disabled={pending} onClick={() => void store(null)}>
              Remove address
            </Button>
          )}
        </div>
      )}
    </form>
  );
}

function help(reach: ReachView): string {
  if (reach.origin === "environment") return "Set by HOOKLINE_URL when this instance was started; change it there.";
  if (!reach.mayEdit) return "An owner or admin can change it. It holds for the whole instance.";
  return "Holds for the whole instance: shown addresses, signatures over the address and sign-in follow it at once.";
}
