import type { Metadata } from "next";
import { DesignSheet } from "#components/design/design-sheet.tsx";

export const metadata: Metadata = { title: "Design" };

/** Every control in both themes, side by side: what pages are made of and what axe looks at. */
export default function DesignPage() {
  return (
    <div className="grid min-w-0 xl:grid-cols-2">
      <DesignSheet theme="light" />
      <DesignSheet theme="dark" />
    </div>
  );
}
