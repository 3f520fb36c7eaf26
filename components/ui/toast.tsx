"use client";
import { Toast as Base } from "@base-ui/react/toast";
import { X } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { toastManager } from "#components/ui/show-toast.ts";

/** Where toasts appear: once, in the root layout. F6 reaches them. */
export function Toaster() {
  return (
    <Base.Provider toastManager={toastManager} limit={3}>
      <Base.Portal>
        <Base.Viewport
          className={cx(
            "fixed right-4 bottom-4 z-70 flex [:root:has([data-bottom-bar])_&]:bottom-20",
            "max-md:[:root:has([data-bottom-bar])_&]:bottom-36 w-[calc(100vw-32px)] max-w-96 flex-col gap-2",
          )}
        >
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts() {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className={cx(
        "rounded-card border border-line bg-surface text-ink shadow-pop transition-opacity duration-[180ms] " +
          "data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0",
        toast.type === "bad" && "border-l-3 border-l-bad-solid",
      )}
    >
      <Base.Content className="flex items-center gap-3 py-2 pr-2 pl-4">
        <div className="min-w-0 flex-1">
          <Base.Title className="text-14 font-medium [overflow-wrap:anywhere]" />
          <Base.Description className="text-13 text-ink-2 [overflow-wrap:anywhere]" />
        </div>
        <Base.Action
          className={cx(
            "h-[var(--h-compact)] shrink-0 rounded-control px-2 text-13 font-medium text-accent-text",
            "hover:bg-hover",
          )}
        />
        <Base.Close
          render={<Button variant="quiet" size="compact" className="w-[var(--h-compact)] px-0" aria-label="Dismiss" />}
        >
          <X aria-hidden />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
