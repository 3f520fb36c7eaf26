import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { isSetUp } from "#lib/auth/is-set-up.ts";
import { isThisMachine } from "#lib/auth/is-this-machine.ts";
import { isReadableOnTheWay } from "#lib/auth/request-origin.ts";
import { AuthHeading } from "../auth-heading.tsx";
import { PlainHttpNotice } from "../plain-http-notice.tsx";
import { SetupForm } from "./setup-form.tsx";

export const metadata: Metadata = { title: "Set up" };

/** The first visit: e-mail and password make the owner, and lead to the first endpoint. */
export default async function SetupPage() {
  if (await isSetUp()) redirect("/sign-in");
  const sent = await headers();
  return (
    <>
      <AuthHeading title="Set up Hookline">
        Your sign-in as the owner. Your first endpoint comes right after.
      </AuthHeading>
      {isReadableOnTheWay(sent) ? <PlainHttpNotice /> : null}
      <SetupForm atThisMachine={isThisMachine(sent)} />
    </>
  );
}
