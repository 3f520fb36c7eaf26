"use client";
import NextLink from "next/link";
import { usePathname } from "next/navigation";
import { PanelLeft } from "#components/icons.ts";
import { NAVIGATION } from "#components/shell/navigation.ts";
import { cx } from "#components/ui/cx.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";

/** The way between pages: 216 px, or 48 px with icons only. */
export function Rail({
  workspaceName,
  folded,
  onFold,
}: {
  workspaceName: string;
  folded: boolean;
  onFold: (folded: boolean) => void;
}) {
  return (
    <aside
      className={cx(
        "sticky top-0 hidden h-dvh shrink-0 flex-col border-r border-line bg-surface transition-[width] " +
          "duration-[180ms] ease-calm md:flex",
        folded ? "w-12" : "w-54",
      )}
    >
      <div className="flex h-12 items-center gap-2 px-2.5">
        <Mark />
        {folded ? null : (
          <span className="min-w-0 truncate text-14 font-semibold" title={workspaceName}>
            {workspaceName}
          </span>
        )}
      </div>
      <RailLinks folded={folded} />
      <div className="mt-auto p-2">
        <IconButton
          label={folded ? "Expand the menu" : "Collapse the menu"}
          icon={<PanelLeft aria-hidden />}
          size="compact"
          onClick={() => onFold(!folded)}
        />
      </div>
    </aside>
  );
}

/** The links of the rail; also used in the menu of narrow screens. */
export function RailLinks({ folded = false, onFollow }: { folded?: boolean; onFollow?: () => void }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className="flex flex-col gap-0.5 p-2">
      {NAVIGATION.map(({ href, label, icon: Icon }) => {
        const here = pathname === href || pathname.startsWith(`${href}/`);
        const link = (
          <NextLink
            key={href}
            href={href}
            aria-current={here ? "page" : undefined}
            aria-label={folded ? label : undefined}
            onClick={onFollow}
            className={cx(
              "flex h-8 items-center gap-2.5 rounded-control px-2 text-13 font-medium text-ink-2 " +
                "hover:bg-hover hover:text-ink pointer-coarse:h-11",
              here && "bg-selected text-accent-text hover:bg-selected hover:text-accent-text",
            )}
          >
            <Icon aria-hidden />
            {folded ? null : label}
          </NextLink>
        );
        return folded ? (
          <Tooltip key={href} text={label} side="right">
            {link}
          </Tooltip>
        ) : (
          link
        );
      })}
    </nav>
  );
}

/** The product's mark: a hook that turns into a line. */
export function Mark() {
  return (
    <svg aria-hidden viewBox="0 0 28 28" className="size-7 shrink-0 text-accent">
      <rect width="28" height="28" rx="7" fill="currentColor" />
      <path
        d="M8 7v8a5 5 0 0 0 10 0v-2.5M18 12.5l-2.6 2.6M18 12.5l2.6 2.6"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
