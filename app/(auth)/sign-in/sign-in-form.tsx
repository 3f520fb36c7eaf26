"use client";
import { signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { type SignInOutcome, signInWithPassword } from "../sign-in-with-password.ts";
import { useHydrated } from "../use-hydrated.ts";

type SignInFormProps = { next: string; error: string | null; providers: { id: string; name: string }[] };

const REFUSALS: Record<Exclude<SignInOutcome, "ok">, string> = {
  wrong: "That e-mail and password do not match.",
  "too many attempts": "Too many attempts. Wait a minute, then try again.",
  unavailable: "Hookline cannot reach its database, so nobody can sign in right now. Try again in a minute.",
  unreachable: "Hookline did not answer. Try again.",
};

/** E-mail and password, the configured other ways in, and the way out of a forgotten password. */
export function SignInForm({ next, error, providers }: SignInFormProps) {
  const hydrated = useHydrated();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState(error === null ? null : describeError(error));

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setPending(true);
    setProblem(null);
    const outcome = await signInWithPassword(String(data.get("email") ?? ""), String(data.get("password") ?? ""));
    if (outcome === "ok") return location.replace(next);
    setProblem(REFUSALS[outcome]);
    setPending(false);
  }

  return (
    <div className="flex flex-col gap-4">
      {problem ? <Notice tone="bad" title={problem} /> : null}
      <form method="post" onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <Field label="E-mail">
          <Input
            name="email"
            type="email"
            autoComplete="username"
            autoFocus
            required
            maxLength={320}
            className="h-10"
          />
        </Field>
        <Field label="Password">
          <Input
            name="password"
            type="password"
            autoComplete="current-password"
            required
            maxLength={1024}
            className="h-10"
          />
        </Field>
        <Button type="submit" variant="primary" size="large" pending={pending} disabled={!hydrated}>
          Sign in
        </Button>
      </form>
      {providers.map((provider) => (
        <Button key={provider.id} size="large" onClick={() => signIn(provider.id, { callbackUrl: next })}>
          Sign in with {provider.name}
        </Button>
      ))}
      <p className="text-13 text-ink-3">
        Forgot your password? Whoever runs this server can set a new one:{" "}
        <code className="font-mono text-12 [overflow-wrap:anywhere]">npx hookline reset-password your@e-mail</code>
      </p>
    </div>
  );
}

function describeError(error: string): string {
  switch (error) {
    case "NoWorkspace":
      return "You are no longer a member of any workspace here. Ask an owner to invite you.";
    case "AccessDenied":
      return "No account here has that address. Ask an owner to invite you first.";
    case "TooManyAttempts":
      return REFUSALS["too many attempts"];
    case "Unavailable":
      return REFUSALS.unavailable;
    case "CredentialsSignin":
      return REFUSALS.wrong;
    default:
      return "Signing in did not work. Try again.";
  }
}
