"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { HelpActions } from "#components/endpoints/endpoint-help-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { ReachView } from "#lib/views/reach-views.ts";

/** Says that events come in under another host than senders are given, and proposes it; never adopted by itself. */
export function OtherHostBanner({ reach, save }: { reach: ReachView; save: HelpActions["setPublicAddress"] }) {
  const router = useRouter();
  const { pending, run } = useAction("toast");
  const [dismissed, setDismissed] = useState(false);
  const other = reach.otherHost;
  if (other === null || dismissed) return null;
  const adopt = async () => {
    const result = await run(() => save(other.address));
    if (result.kind === "refused") return;
    showToast("Public address saved", { description: `Every address begins with ${result.value.address} now.` });
    router.refresh();
  };
  const mayAdopt = reach.mayEdit && reach.origin !== "environment";
  return (
    <Notice
      tone="info"
      className="mt-3"
      title={`Events come in as ${other.host}`}
      actions={
        <>
          <Button size="compact" variant="quiet" onClick={() => setDismissed(true)}>
            Not now
          </Button>
          {mayAdopt ? (
            <Button size="compact" pending={pending} onClick={() => void adopt()}>
              Use {other.address}
            </Button>
          ) : null}
        </>
      }
    >
      {other.count.toLocaleString("en")} of the newest {other.of.toLocaleString("en")} events from elsewhere were sent
      to it; the public address is {reach.address}.
      {reach.origin === "environment"
        ? " Change HOOKLINE_URL if that is the right one."
        : mayAdopt
          ? " Use it as the public address if it is yours?"
          : " An owner or admin can change it."}
    </Notice>
  );
}
