import type { ReactNode } from "react";
import { OctagonX } from "#components/icons.ts";

/** Could not be loaded or done: what happened, what is safe, what to do; the code small and last. */
export function ErrorState({
  title,
  children,
  code,
  action,
}: {
  title: string;
  children: ReactNode;
  code?: string;
  action?: ReactNode;
}) {
  return (
    <section role="alert" className="flex max-w-prose flex-col items-start gap-3 p-6">
      <span
        className="flex size-10 items-center justify-center rounded-card bg-bad-soft text-bad-text [&_.lucide]:size-5"
        aria-hidden
      >
        <OctagonX />
      </span>
      <div>
        <h2 className="text-16 font-semibold">{title}</h2>
        <div className="mt-1 text-14 text-ink-2">{children}</div>
      </div>
      {action}
      {code ? <p className="font-mono text-12 text-ink-3">{code}</p> : null}
    </section>
  );
}
