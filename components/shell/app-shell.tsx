"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import NextLink from "next/link";
import { type ReactNode, useEffect, useState } from "react";
import { CirclePause, Keyboard, ListTree, LogOut, Search, User } from "#components/icons.ts";
import { CommandPalette } from "#components/shell/command-palette.tsx";
import { Mark, Rail, RailLinks } from "#components/shell/rail.tsx";
import { RAIL_COOKIE } from "#components/shell/rail-cookie.ts";
import { isTyping } from "#components/shell/shortcuts.ts";
import { ShortcutsDialog } from "#components/shell/shortcuts-dialog.tsx";
import { ThemeMenu } from "#components/shell/theme-menu.tsx";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { KeyHint } from "#components/ui/key-hint.tsx";
import { Menu } from "#components/ui/menu.tsx";
import type { Theme } from "#components/ui/theme.ts";

type AppShellProps = {
  workspaceName: string;
  userEmail: string;
  theme: Theme;
  railFolded: boolean;
  /** The workspace's brake is on. */
  braked: boolean;
  onSignOut: () => void;
  children: ReactNode;
};

/** The frame of every page behind sign-in: rail, head of 48 px, palette on Ctrl-K, shortcuts on `?`. */
export function AppShell({ workspaceName, userEmail, theme, railFolded, braked, onSignOut, children }: AppShellProps) {
  const [folded, setFolded] = useState(railFolded);
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [shortcutsOpen, setShortcutsOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setPaletteOpen((open) => !open);
      } else if (
        event.key === "?" &&
        !event.ctrlKey &&
        !event.metaKey &&
        !event.defaultPrevented &&
        !isTyping(event.target)
      ) {
        event.preventDefault();
        setShortcutsOpen(true);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  const fold = (next: boolean) => {
    setFolded(next);
    // biome-ignore lint/suspicious/noDocumentCookie: cookieStore needs a secure context, plain HTTP is supported
    document.cookie = `${RAIL_COOKIE}=${next ? "folded" : "open"}; path=/; max-age=31536000; samesite=lax`;
  };
  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className={cx(
          "fixed top-2 left-2 z-70 -translate-y-16 rounded-control bg-accent px-3 py-1.5 text-14 font-medium",
          "text-on-accent focus:translate-y-0",
        )}
      >
        Skip to the page
      </a>
      <Rail workspaceName={workspaceName} folded={folded} onFold={fold} />
      <div className="flex min-w-0 flex-1 flex-col">
        <header
          className={cx(
            "sticky top-0 z-40 flex h-12 shrink-0 items-center gap-2",
            "border-b border-line bg-surface px-3 md:px-4",
          )}
        >
          <NarrowMenu workspaceName={workspaceName} />
          {braked ? (
            <NextLink
              href="/runs"
              className={cx(
                "flex shrink-0 items-center gap-1.5 rounded-chip bg-warn-soft px-2 py-1",
                "text-13 font-semibold text-warn-text hover:underline",
              )}
            >
              <CirclePause aria-hidden />
              <span className="max-sm:sr-only">Brake on</span>
            </NextLink>
          ) : null}
          <div id="head-slot" className="flex min-w-0 flex-1 items-center gap-2" />
          <Button
            size="compact"
            className="text-ink-3 max-lg:hidden"
            icon={<Search aria-hidden />}
            onClick={() => setPaletteOpen(true)}
            aria-keyshortcuts="Control+K Meta+K"
          >
            Search <KeyHint keys="Ctrl K" />
          </Button>
          <IconButton
            className="lg:hidden"
            label="Search"
            keys="Ctrl K"
            size="compact"
            icon={<Search aria-hidden />}
            onClick={() => setPaletteOpen(true)}
          />
          <span className="hidden md:contents">
            <IconButton
              label="Keyboard shortcuts"
              keys="?"
              size="compact"
              icon={<Keyboard aria-hidden />}
              onClick={() => setShortcutsOpen(true)}
            />
          </span>
          <ThemeMenu initial={theme} />
          <Menu
            label={`Account ${userEmail}`}
            trigger={
              <Button variant="quiet" size="compact" className="w-[var(--h-compact)] px-0">
                <User aria-hidden />
              </Button>
            }
            items={[
              { kind: "link", label: userEmail, href: "/settings/account", icon: <User aria-hidden /> },
              { kind: "line" },
              { label: "Sign out", icon: <LogOut aria-hidden />, onSelect: onSignOut },
            ]}
          />
        </header>
        <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
          {children}
        </main>
      </div>
      <CommandPalette
        open={paletteOpen}
        onOpenChange={setPaletteOpen}
        onSignOut={onSignOut}
        onShortcuts={() => setShortcutsOpen(true)}
      />
      <ShortcutsDialog open={shortcutsOpen} onOpenChange={setShortcutsOpen} />
    </div>
  );
}

function NarrowMenu({ workspaceName }: { workspaceName: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Base.Root open={open} onOpenChange={setOpen}>
      <Base.Trigger
        render={
          <Button variant="quiet" size="compact" className="w-[var(--h-compact)] px-0 md:hidden" aria-label="Menu" />
        }
      >
        <ListTree aria-hidden />
      </Base.Trigger>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-scrim" />
        <Base.Popup
          className={cx(
            "fixed inset-y-0 left-0 z-50 w-64 border-r border-line",
            "bg-surface text-ink shadow-dialog outline-none",
          )}
        >
          <Base.Title className="flex h-12 items-center gap-2 px-2.5 text-14 font-semibold">
            <Mark />
            {workspaceName}
          </Base.Title>
          <RailLinks onFollow={() => setOpen(false)} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
