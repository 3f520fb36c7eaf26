import "./globals.css";
import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "#components/ui/providers.tsx";
import { SYSTEM_THEME_SCRIPT, THEME_COOKIE, themeOf } from "#components/ui/theme.ts";

export const metadata: Metadata = {
  title: { default: "Hookline", template: "%s · Hookline" },
  description: "Turns webhooks into actions.",
};
export const viewport: Viewport = { width: "device-width", initialScale: 1 };

/** The document: theme from a cookie before the first paint, fonts, toasts. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get(THEME_COOKIE)?.value);
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html
      lang="en"
      data-theme={theme === "system" ? "light" : theme}
      data-theme-choice={theme}
      suppressHydrationWarning
    >
      {theme === "system" ? (
        <head>
          {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours, allowed by the nonce */}
          <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: SYSTEM_THEME_SCRIPT }} />
        </head>
      ) : null}
      <body>
        <Providers nonce={nonce}>{children}</Providers>
      </body>
    </html>
  );
}
