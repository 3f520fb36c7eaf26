"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { EndpointView } from "#lib/views/endpoint-views.ts";

/** After how many unused hours a secret that is not the newest retires by itself. */
export function RetireHours({ endpoint, update }: { endpoint: EndpointView; update: EndpointActions["update"] }) {
  const router = useRouter();
  const saved = endpoint.settings.retireSecretsAfterHours;
  const [text, setText] = useState(saved === null ? "" : String(saved));
  const { pending, problem, run } = useAction();
  const save = async () => {
    const hours = text.trim() === "" ? null : Number(text);
    const result = await run(() => update(endpoint.id, { settings: { retireSecretsAfterHours: hours } }));
    if (result.kind === "refused") return;
    showToast("Saved", {
      description: hours === null ? "Secrets stay until you retire them." : "The newest secret always stays.",
    });
    router.refresh();
  };
  return (
    <form
      className="grid items-start gap-3 border-t border-line pt-4 md:grid-cols-[minmax(0,1fr)_auto]"
      aria-label="Automatic retirement"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field
        label="Retire older secrets after this many unused hours"
        mark="optional"
        error={problem}
        help="Counted from its last use, and only once a newer secret has verified a request since. Empty: never."
      >
        <Input inputMode="numeric" value={text} placeholder="24" onValueChange={(next) => setText(next)} />
      </Field>
      <Button type="submit" className="md:mt-6" pending={pending}>
        Save hours
      </Button>
    </form>
  );
}
