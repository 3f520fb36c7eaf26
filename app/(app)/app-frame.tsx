"use client";
import { signOut } from "next-auth/react";
import type { ComponentProps } from "react";
import { AppShell } from "#components/shell/app-shell.tsx";

/** The shell, with signing out as this app does it. */
export function AppFrame(props: Omit<ComponentProps<typeof AppShell>, "onSignOut">) {
  return <AppShell {...props} onSignOut={() => signOut({ callbackUrl: "/sign-in" })} />;
}
