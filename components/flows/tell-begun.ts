import { showToast } from "#components/ui/show-toast.ts";
import type { CatchUpView } from "#lib/engine/missed-view.ts";

/**
 * Says that something happened, how many runs for missed events that started, and how many events are `left` that could
 * run.
 */
export function tellBegun(title: string, catchUp: CatchUpView | null, left = 0): void {
  const others = left === 1 ? "1 other is" : `${left.toLocaleString("en")} others are`;
  const words = [
    catchUp === null ? "" : begunWords(catchUp),
    left === 0 ? "" : `${others} left, under Missed events in the builder.`,
  ].filter((sentence) => sentence !== "");
  showToast(title, words.length === 0 ? {} : { description: words.join(" ") });
}

function begunWords({ state, started, total }: CatchUpView): string {
  if (state === "running") return `${started.toLocaleString("en")} of ${runs(total)} for missed events started so far.`;
  return `${runs(started)} for missed events started.`;
}

function runs(count: number): string {
  return count === 1 ? "1 run" : `${count.toLocaleString("en")} runs`;
}
