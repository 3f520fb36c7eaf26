"use client";
import { useState } from "react";
import { checkedWords } from "#components/endpoints/checked-words.ts";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { ShieldCheck } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { Recognition } from "#lib/views/endpoint-views.ts";

type RecognitionBannerProps = {
  endpointId: string;
  recognition: Recognition;
  actions: Pick<EndpointActions, "addSecret" | "rehearse">;
  onVerified: () => void;
  onDismiss: () => void;
};

/** Fewer may all be samples, which are signed with a secret nobody has. */
const SIGNED_MIN = 3;

/** "Looks like Stripe": paste the secret, and the requests already received are checked again with it. */
export function RecognitionBanner({ endpointId, recognition, actions, onVerified, onDismiss }: RecognitionBannerProps) {
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState("");
  const { pending, problem: failure, run } = useAction();
  /** The secret somebody was told about that it verifies nothing; pressing again saves it. */
  const [doubted, setDoubted] = useState<{ secret: string; signed: number } | null>(null);
  const doubt =
    doubted?.secret === secret
      ? `Verifies 0 of the last ${doubted.signed} signed requests: this is probably not the secret. Save again ` +
        "to use it anyway."
      : null;
  const problem = failure ?? doubt;
  const submit = async () => {
    const provider = recognition.providerId;
    if (doubted?.secret !== secret) {
      const tried = await run(() => actions.rehearse(endpointId, { secret, provider }));
      const found = tried.kind === "ok" ? tried.value.secret : null;
      if (found !== null && found.signed >= SIGNED_MIN && found.verified === 0)
        return setDoubted({ secret, signed: found.signed });
    }
    const result = await run(() => actions.addSecret(endpointId, { secret, label: "", provider }));
    if (result.kind === "refused") return;
    const { endsIn, checked, matched } = result.value;
    showToast("Signatures are checked from now on", {
      description: `${endsIn === "" ? "" : `Ends in …${endsIn}. `}${checkedWords(checked, matched)}`,
    });
    onVerified();
  };
  return (
    <Notice
      tone="info"
      title={`Looks like ${recognition.name}`}
      actions={
        asking ? null : (
          <>
            <Button size="compact" variant="quiet" onClick={onDismiss}>
              Not {recognition.name}
            </Button>
            <Button size="compact" icon={<ShieldCheck aria-hidden />} onClick={() => setAsking(true)}>
              Verify signatures
            </Button>
          </>
        )
      }
    >
      <p>
        Paste the signing secret and this request is checked again.
        {recognition.secretLooksLike === null ? "" : ` It looks like: ${recognition.secretLooksLike}`}
      </p>
      {asking ? (
        <form
          className="mt-2 flex flex-wrap items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <Field
            label="Signing secret"
            className="min-w-64 flex-1"
            error={problem}
            help={recognition.secretWhere ?? undefined}
          >
            <Input
              mono
              type="password"
              autoComplete="off"
              autoFocus
              value={secret}
              onValueChange={(next) => setSecret(next)}
            />
          </Field>
          <div className="flex gap-2 md:mt-6">
            <Button onClick={() => setAsking(false)}>Not now</Button>
            <Button type="submit" variant="primary" pending={pending}>
              Save and check
            </Button>
          </div>
        </form>
      ) : null}
    </Notice>
  );
}
