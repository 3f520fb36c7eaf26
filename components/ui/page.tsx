import type { ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";

/** The padding and width of a page: `list` is fluid, `form` is at most 720 px. */
export function Page({ kind = "list", children }: { kind?: "list" | "form"; children: ReactNode }) {
  return <div className={cx("w-full px-4 py-6 md:px-6", kind === "form" && "max-w-form")}>{children}</div>;
}
