import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { oauthProviders } from "#lib/auth/auth-options.ts";
import { isSetUp } from "#lib/auth/is-set-up.ts";
import { readSession } from "#lib/auth/read-session.ts";
import { isReadableOnTheWay } from "#lib/auth/request-origin.ts";
import { sameOriginPath } from "#lib/auth/same-origin-path.ts";
import { AuthHeading } from "../auth-heading.tsx";
import { PlainHttpNotice } from "../plain-http-notice.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

type Search = Promise<{ callbackUrl?: string | string[]; error?: string | string[] }>;

/** Signs in and goes on to the page that was asked for, when that is one of ours. */
export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const { callbackUrl, error } = await searchParams;
  const next = sameOriginPath(typeof callbackUrl === "string" ? callbackUrl : null, "/endpoints");
  const sent = await headers();
  const session = await readSession(sent);
  if (session?.current != null) redirect(next);
  if (!(await isSetUp())) redirect("/setup");
  return (
    <>
      <AuthHeading title="Sign in" />
      {isReadableOnTheWay(sent) ? <PlainHttpNotice /> : null}
      <SignInForm
        next={next}
        error={session === null ? (typeof error === "string" ? error : null) : "NoWorkspace"}
        providers={oauthProviders().map(({ id, name }) => ({ id, name }))}
      />
    </>
  );
}
