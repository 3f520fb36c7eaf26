"use client";
import { Copy, Ellipsis, Pencil } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { Tabs } from "#components/ui/tabs.tsx";

/** Tabs, menus, popovers, dialogs and toasts. */
export function OverlaySamples({ theme }: { theme: string }) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap gap-2">
        <Menu
          label={`More (${theme})`}
          trigger={<Button icon={<Ellipsis aria-hidden />}>Menu</Button>}
          items={[
            { label: "Rename", icon: <Pencil aria-hidden />, keys: "F2", onSelect: () => showToast("Renamed") },
            { kind: "line" },
            { label: "Duplicate", icon: <Copy aria-hidden />, onSelect: () => showToast("Duplicated") },
          ]}
        />
        <Popover trigger={<Button>Popover</Button>} title="If empty">
          <p className="text-13 text-ink-2">Stop, leave out, or use another value.</p>
        </Popover>
        <Dialog
          title="Keep this sample"
          description="Named samples are never deleted by themselves."
          trigger={<Button>Dialog</Button>}
          footer={<Button variant="primary">Keep sample</Button>}
        >
          <p className="text-14">A dialog has room for a short form.</p>
        </Dialog>
        <ConfirmDialog
          title='Delete "Stripe live"?'
          trigger={<Button>Confirm</Button>}
          confirmLabel="Delete endpoint"
          cancelLabel="Keep it"
          danger
          onConfirm={() => "Two flows listen to it."}
        >
          Its address stops answering at once. Its history stays.
        </ConfirmDialog>
        <Button
          onClick={() =>
            showToast('Deleted "Mail customer"', {
              action: { label: "Undo", onSelect: () => showToast("Brought back") },
            })
          }
        >
          Toast
        </Button>
        <Button
          onClick={() =>
            showToast("Not saved", { description: "The server did not answer. Trying again in 2 s.", tone: "bad" })
          }
        >
          Bad toast
        </Button>
      </div>
      <Tabs
        label={`Sample tabs (${theme})`}
        items={[
          { value: "configure", label: "Configure", content: <p className="text-14">Fields of the step.</p> },
          { value: "test", label: "Test", count: 3, content: <p className="text-14">Results.</p> },
          { value: "settings", label: "Settings", content: <p className="text-14">Retry.</p> },
        ]}
      />
    </div>
  );
}
