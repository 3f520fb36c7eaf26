"use client";
import { signOut } from "next-auth/react";
import type { ComponentProps } from "react";
import { AppShell } from "#components/shell/app-shell.tsx";

/** The shell, with signing out as this app does it. */
export function AppFrame(props: Omit<ComponentProps<typeof AppShell>, "onSignOut">) {
  const leave = async () => {
    // next-auth's own redirect would lead to HOOKLINE_URL, which is not where a browser on the local network is.
    await signOut({ redirect: false });
    location.assign("/sign-in");
  };
  return <AppShell {...props} onSignOut={leave} />;
}
