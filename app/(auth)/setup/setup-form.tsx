"use client";
import { type FormEvent, useState, useSyncExternalStore } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { signInWithPassword } from "../sign-in-with-password.ts";
import { useHydrated } from "../use-hydrated.ts";
import { setUpAction } from "./actions.ts";

/** E-mail and password of the first owner. From another machine it takes the one-time token out of the address. */
export function SetupForm({ atThisMachine }: { atThisMachine: boolean }) {
  const token = useFragment();
  const hydrated = useHydrated();
  const { pending, errors, refusal, run } = useAction();
  const [isLeaving, setLeaving] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const account = { email: String(data.get("email") ?? ""), password: String(data.get("password") ?? "") };
    const made = await run(() => setUpAction(account, token));
    if (made.kind === "refused") return;
    setLeaving(true);
    const signedIn = await signInWithPassword(account.email, account.password);
    location.replace(signedIn === "ok" ? `/endpoints/${made.value.endpointId}` : "/sign-in");
  }

  if (!atThisMachine && token === "")
    return (
      <Notice tone="info" title="Open the link that the start command printed">
        From another machine, the set-up needs the address that Hookline printed when it started: it ends in /setup# and
        a one-time key.
      </Notice>
    );
  const problem = refusal ?? errors[""] ?? errors.token;
  return (
    <form method="post" onSubmit={submit} className="flex flex-col gap-4" noValidate>
      {problem ? <Notice tone="bad" title={problem} /> : null}
      <Field label="E-mail" error={errors.email}>
        <Input name="email" type="email" autoComplete="username" autoFocus required maxLength={320} className="h-10" />
      </Field>
      <Field label="Password" help="At least 12 characters. A sentence is easiest to remember." error={errors.password}>
        <Input name="password" type="password" autoComplete="new-password" required maxLength={1024} className="h-10" />
      </Field>
      <Button type="submit" variant="primary" size="large" pending={pending || isLeaving} disabled={!hydrated}>
        Create my account
      </Button>
    </form>
  );
}

/** The address's fragment without "#"; empty while the server renders. */
function useFragment(): string {
  return useSyncExternalStore(
    (changed) => {
      addEventListener("hashchange", changed);
      return () => removeEventListener("hashchange", changed);
    },
    () => decodeURIComponent(location.hash.slice(1)),
    () => "",
  );
}
