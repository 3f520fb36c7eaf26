"use client";
import { type FormEvent, useRef } from "react";
import { signInWithPassword } from "#app/(auth)/sign-in-with-password.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import { changePasswordAction } from "./actions.ts";

/** The current password and the next one. Keeps this browser signed in. */
export function PasswordForm({ email }: { email: string }) {
  const form = useRef<HTMLFormElement>(null);
  const { pending, errors, refusal, run } = useAction();
  const problem = refusal ?? errors[""];

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const next = String(data.get("next") ?? "");
    const result = await run(() => changePasswordAction(String(data.get("present") ?? ""), next));
    if (result.kind === "refused") return;
    form.current?.reset();
    if ((await signInWithPassword(email, next)) !== "ok") return location.assign("/sign-in");
    showToast("Password changed", { description: "Every other browser is signed out." });
  }

  return (
    <form ref={form} method="post" onSubmit={submit} className="flex max-w-96 flex-col gap-4" noValidate>
      {problem ? <Notice tone="bad" title={problem} /> : null}
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <Field label="Current password" error={errors.present}>
        <Input name="present" type="password" autoComplete="current-password" maxLength={1024} />
      </Field>
      <Field label="New password" help="At least 12 characters." error={errors.next}>
        <Input name="next" type="password" autoComplete="new-password" maxLength={1024} />
      </Field>
      <div>
        <Button type="submit" pending={pending}>
          Change password
        </Button>
      </div>
    </form>
  );
}
