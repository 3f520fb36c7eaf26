import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { RAIL_COOKIE } from "#components/shell/rail-cookie.ts";
import { THEME_COOKIE, themeOf } from "#components/ui/theme.ts";
import { requireSession } from "#lib/auth/require-actor.ts";
import { isBraked } from "#lib/loaders/brake.ts";
import { AppFrame } from "./app-frame.tsx";

/** Every page behind sign-in stands in this frame. */
export default async function AppLayout({ children }: { children: ReactNode }) {
  const session = await requireSession();
  const braked = session.current !== null && (await isBraked());
  const jar = await cookies();
  return (
    <AppFrame
      workspaceName={session.current?.workspaceName ?? "Hookline"}
      userEmail={session.user.email}
      theme={themeOf(jar.get(THEME_COOKIE)?.value)}
      railFolded={jar.get(RAIL_COOKIE)?.value === "folded"}
      braked={braked}
    >
      {children}
    </AppFrame>
  );
}
