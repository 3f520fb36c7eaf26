import type { ReactNode } from "react";

/** The title of a page before sign-in, with one sentence under it. */
export function AuthHeading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className="flex flex-col gap-1">
      <h1 className="text-24 font-semibold text-ink">{title}</h1>
      {children ? <p className="text-14 text-ink-2">{children}</p> : null}
    </header>
  );
}
