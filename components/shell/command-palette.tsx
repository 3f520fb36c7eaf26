"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import { Copy, Keyboard, LogOut, Moon, Plus, Sun, Webhook, Workflow } from "#components/icons.ts";
import { NAVIGATION } from "#components/shell/navigation.ts";
import { copyText } from "#components/ui/copy-text.ts";
import { cx } from "#components/ui/cx.ts";
import { showToast } from "#components/ui/show-toast.ts";
import { applyTheme } from "#components/ui/theme.ts";

/** What the palette can reach besides pages; served by GET /api/ui/palette. */
export type PaletteEntries = {
  flows: { id: string; name: string; state: string }[];
  endpoints: { id: string; name: string; url: string }[];
};

type CommandPaletteProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSignOut: () => void;
  onShortcuts: () => void;
};

/** Ctrl-K: reaches every page, flow, endpoint and common act by typing. */
export function CommandPalette({ open, onOpenChange, onSignOut, onShortcuts }: CommandPaletteProps) {
  const router = useRouter();
  const [entries, setEntries] = useState<PaletteEntries>({ flows: [], endpoints: [] });
  useEffect(() => {
    if (!open) return;
    const abort = new AbortController();
    fetch("/api/ui/palette", { signal: abort.signal })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`HTTP ${answer.status}`))))
      .then((loaded: PaletteEntries) => setEntries(loaded))
      .catch(() => undefined);
    return () => abort.abort();
  }, [open]);
  const go = (href: string) => act(() => router.push(href));
  const act = (run: () => void) => {
    onOpenChange(false);
    run();
  };
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-scrim" />
        <Base.Popup
          className={cx(
            "fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-32px)] max-w-[560px] -translate-x-1/2 overflow-hidden",
            "rounded-dialog border border-line bg-surface text-ink shadow-dialog outline-none",
          )}
        >
          <Base.Title className="sr-only">Search</Base.Title>
          <Command label="Search" loop>
            <Command.Input
              autoFocus
              placeholder="Go to a page, flow or endpoint, or do something"
              className="h-12 w-full border-b border-line bg-transparent px-4 text-14 outline-none"
            />
            <Command.List className="max-h-[50vh] overflow-y-auto p-1">
              <Command.Empty className="px-3 py-6 text-13 text-ink-3">Nothing matches.</Command.Empty>
              <Group heading="Pages">
                {NAVIGATION.map(({ href, label, icon: Icon, words }) => (
                  <Line
                    key={href}
                    value={`page ${label}`}
                    words={words}
                    icon={<Icon aria-hidden />}
                    onSelect={() => go(href)}
                  >
                    {label}
                  </Line>
                ))}
              </Group>
              {entries.flows.length > 0 ? (
                <Group heading="Flows">
                  {entries.flows.map((flow) => (
                    <Line
                      key={flow.id}
                      value={`flow ${flow.name} ${flow.id}`}
                      icon={<Workflow aria-hidden />}
                      hint={flow.state}
                      onSelect={() => go(`/flows/${flow.id}`)}
                    >
                      {flow.name}
                    </Line>
                  ))}
                </Group>
              ) : null}
              {entries.endpoints.length > 0 ? (
                <Group heading="Endpoints">
                  {entries.endpoints.map((endpoint) => (
                    <Line
                      key={endpoint.id}
                      value={`endpoint ${endpoint.name} ${endpoint.id}`}
                      icon={<Webhook aria-hidden />}
                      onSelect={() => go(`/endpoints/${endpoint.id}`)}
                    >
                      {endpoint.name}
                    </Line>
                  ))}
                </Group>
              ) : null}
              <Group heading="Do">
                <Line
                  value="new flow"
                  words="create add"
                  icon={<Plus aria-hidden />}
                  onSelect={() => go("/flows?new=1")}
                >
                  New flow
                </Line>
                {entries.endpoints.map((endpoint) => (
                  <Line
                    key={`url-${endpoint.id}`}
                    value={`copy url of ${endpoint.name} ${endpoint.id}`}
                    icon={<Copy aria-hidden />}
                    onSelect={() =>
                      act(async () =>
                        showToast(
                          (await copyText(endpoint.url))
                            ? `URL of ${endpoint.name} copied`
                            : "The browser did not allow copying",
                        ),
                      )
                    }
                  >
                    Copy the URL of {endpoint.name}
                  </Line>
                ))}
                <Line
                  value="theme dark"
                  words="look night"
                  icon={<Moon aria-hidden />}
                  onSelect={() => act(() => applyTheme("dark"))}
                >
                  Dark theme
                </Line>
                <Line
                  value="theme light"
                  words="look day"
                  icon={<Sun aria-hidden />}
                  onSelect={() => act(() => applyTheme("light"))}
                >
                  Light theme
                </Line>
                <Line
                  value="keyboard shortcuts"
                  words="help keys"
                  icon={<Keyboard aria-hidden />}
                  onSelect={() => act(onShortcuts)}
                >
                  Keyboard shortcuts
                </Line>
                <Line
                  value="sign out"
                  words="log out leave"
                  icon={<LogOut aria-hidden />}
                  onSelect={() => act(onSignOut)}
                >
                  Sign out
                </Line>
              </Group>
            </Command.List>
          </Command>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className={cx(
        "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1",
        "[&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:font-medium",
        "[&_[cmdk-group-heading]]:text-ink-3",
      )}
    >
      {children}
    </Command.Group>
  );
}

function Line({
  value,
  words,
  icon,
  hint,
  onSelect,
  children,
}: {
  value: string;
  words?: string;
  icon: ReactNode;
  hint?: string;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Command.Item
      value={value}
      keywords={words?.split(" ")}
      onSelect={onSelect}
      className={cx(
        "flex h-9 cursor-default items-center gap-2.5 rounded-control px-2 text-13",
        "data-[selected=true]:bg-selected",
      )}
    >
      <span className="flex text-ink-3">{icon}</span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hint ? <span className="text-12 text-ink-3">{hint}</span> : null}
    </Command.Item>
  );
}
