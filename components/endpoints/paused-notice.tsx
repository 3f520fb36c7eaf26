"use client";
import { useRouter } from "next/navigation";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { Play } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { EndpointView } from "#lib/views/endpoint-views.ts";

const COUNTED_MAX = 10_000;

/** Says that an endpoint is paused, how many events wait, and offers to resume. */
export function PausedNotice({ endpoint, pause }: { endpoint: EndpointView; pause: EndpointActions["pause"] }) {
  const { pending, setPaused } = usePause(endpoint, pause);
  if (!endpoint.paused) return null;
  return (
    <Notice
      tone="hold"
      className="mt-3"
      title={`Paused: ${waiting(endpoint.parked)}`}
      actions={
        endpoint.mayEdit ? (
          <Button size="compact" icon={<Play aria-hidden />} pending={pending} onClick={() => void setPaused(false)}>
            Resume endpoint
          </Button>
        ) : null
      }
    >
      What arrives is stored and answered as always; it runs when you resume.
    </Notice>
  );
}

/** Pauses or resumes an endpoint and says what came of it. */
export function usePause(endpoint: EndpointView, pause: EndpointActions["pause"]) {
  const router = useRouter();
  const { pending, run } = useAction("toast");
  const setPaused = async (paused: boolean) => {
    const result = await run(() => pause(endpoint.id, paused));
    if (result.kind === "refused") return;
    tellPaused(paused, result.value);
    router.refresh();
  };
  return { pending, setPaused };
}

function tellPaused(paused: boolean, { events, runs }: { events: number; runs: number }): void {
  showToast(paused ? "Paused" : "Resumed", {
    description: paused
      ? "Events are stored and run on resume."
      : `${events === 1 ? "1 parked event" : `${number(events)} parked events`}, ` +
        `${runs === 1 ? "1 run" : `${number(runs)} runs`} started.`,
  });
}

function waiting(parked: number): string {
  if (parked === 0) return "no event waits";
  if (parked === 1) return "1 event waits";
  return `${number(parked)}${parked >= COUNTED_MAX ? " or more" : ""} events wait`;
}

function number(count: number): string {
  return count.toLocaleString("en");
}
