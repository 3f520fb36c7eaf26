import { Notice } from "#components/ui/notice.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { RepeatsView } from "#lib/views/repeats-view.ts";

/** Says that a sender keeps sending what was taken, what that did, and what usually helps. */
export function RepeatsNotice({ endpointId, repeats }: { endpointId: string; repeats: RepeatsView | null }) {
  if (repeats === null) return null;
  const { kind, count, most, answer, wants } = repeats;
  const number = count.toLocaleString("en");
  return (
    <Notice tone="warn" className="mt-3" title="The sender repeats deliveries that were accepted">
      {kind === "known"
        ? `In the last 24 hours ${repeatedWords(number, most)}. Each ran once; the rest was dropped as duplicates.`
        : `In the last 24 hours ${number} different bodies came three times or more, and each time they ran: ` +
          "nothing here tells a repeat from a new event."}{" "}
      Deliveries are answered with {answer}.{" "}
      {wants === null
        ? "Some senders count only 200 as delivered and some only 204; some stop waiting before the answer comes."
        : `What this sender counts as delivered: ${wants}`}{" "}
      Try another answer, or choose what tells repeats apart, under{" "}
      <TextLink href={`/endpoints/${endpointId}?tab=settings`}>Settings</TextLink>.
    </Notice>
  );
}

function repeatedWords(number: string, most: number | null): string {
  const often = most?.toLocaleString("en");
  if (number === "1" && often !== undefined) return `one delivery came ${often} times`;
  return `${number} deliveries came three times or more${often === undefined ? "" : `, one of them ${often} times`}`;
}
