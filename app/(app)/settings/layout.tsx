import type { ReactNode } from "react";
import { SettingsNav } from "#components/settings/settings-nav.tsx";

/** The settings: a row of pages above the one that is open. */
export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <SettingsNav />
      {children}
    </>
  );
}
