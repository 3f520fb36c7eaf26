"use client";
import NextLink from "next/link";
import { usePathname } from "next/navigation";
import { cx } from "#components/ui/cx.ts";

const PAGES = [
  { href: "/settings/account", label: "Account" },
  { href: "/settings/api-keys", label: "API keys" },
  { href: "/settings/variables", label: "Variables" },
  { href: "/settings/egress", label: "Egress" },
  { href: "/settings/about", label: "About" },
];

/** The pages of the settings, side by side. */
export function SettingsNav() {
  const here = usePathname();
  return (
    <nav aria-label="Settings" className="flex gap-4 overflow-x-auto border-b border-line px-4 md:px-6">
      {PAGES.map(({ href, label }) => {
        const current = here.startsWith(href);
        return (
          <NextLink
            key={href}
            href={href}
            aria-current={current ? "page" : undefined}
            className={cx(
              "flex h-10 items-center whitespace-nowrap border-b-2 text-13 font-medium outline-offset-[-2px]",
              current ? "border-accent text-ink" : "border-transparent text-ink-2 hover:text-ink",
            )}
          >
            {label}
          </NextLink>
        );
      })}
    </nav>
  );
}
