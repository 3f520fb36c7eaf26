import { showToast } from "#components/ui/show-toast.ts";
import type { CatchUpView } from "#lib/engine/missed-view.ts";

/** Says that something happened, and how many runs for missed events that started. */
export function tellBegun(title: string, catchUp: CatchUpView | null): void {
  if (catchUp === null) showToast(title);
  else showToast(title, { description: begunWords(catchUp) });
}

function begunWords({ state, started, total }: CatchUpView): string {
  if (state === "running") return `${started.toLocaleString("en")} of ${runs(total)} for missed events started so far.`;
  return `${runs(started)} for missed events started.`;
}

function runs(count: number): string {
  return count === 1 ? "1 run" : `${count.toLocaleString("en")} runs`;
}
