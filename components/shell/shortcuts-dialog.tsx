"use client";
import { SHORTCUTS } from "#components/shell/shortcuts.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { KeyHint } from "#components/ui/key-hint.tsx";

/** All shortcuts, by area. */
export function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const areas = [...new Set(SHORTCUTS.map((shortcut) => shortcut.area))];
  return (
    <Dialog title="Keyboard shortcuts" open={open} onOpenChange={onOpenChange} size="wide">
      <div className="gap-x-8 md:columns-2">
        {areas.map((area) => (
          <section key={area} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 text-13 font-semibold">{area}</h3>
            <dl className="text-13">
              {SHORTCUTS.filter((shortcut) => shortcut.area === area).map((shortcut) => (
                <div
                  key={shortcut.keys}
                  className="flex min-h-7 items-center justify-between gap-4 border-b border-line last:border-b-0"
                >
                  <dt className="text-ink-2">{shortcut.does}</dt>
                  <dd>
                    <KeyHint keys={shortcut.keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
