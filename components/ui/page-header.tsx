import type { ReactNode } from "react";

type PageHeaderProps = {
  title: ReactNode;
  /** How many, right of the title. */
  count?: number;
  /** State, small facts, under or beside the title. */
  meta?: ReactNode;
  description?: ReactNode;
  /** Secondary buttons, then the one primary. */
  actions?: ReactNode;
};

/** The head of a page: title, count, one primary button at the right. */
export function PageHeader({ title, count, meta, description, actions }: PageHeaderProps) {
  return (
    <header className="mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-20 font-semibold [overflow-wrap:anywhere]">{title}</h1>
          {count === undefined ? null : (
            <span className="tabular text-14 text-ink-3">{count.toLocaleString("en")}</span>
          )}
          {meta}
        </div>
        {description ? <div className="mt-1 max-w-prose text-14 text-ink-2">{description}</div> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}
