"use client";
import { choiceCount, type MissedChoice } from "#components/flows/missed-choice.ts";
import { MissedList } from "#components/flows/missed-list.tsx";
import { RadioList } from "#components/ui/radio-list.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { plannedWords } from "#lib/engine/count-effects.ts";
import type { MissedView } from "#lib/engine/missed-view.ts";

type MissedOfferProps = {
  missed: MissedView;
  choice: MissedChoice;
  onChoice: (choice: MissedChoice) => void;
  /** Loads the events before the last one shown. */
  onMore: () => Promise<void>;
};

/** Asks which of the events a flow missed are to run, and says what that would do. */
export function MissedOffer({ missed, choice, onChoice, onMore }: MissedOfferProps) {
  const { count, more, since, events } = missed;
  const shown = `${count.toLocaleString("en")}${more ? " or more" : ""}`;
  const chosenCount = choiceCount(choice, missed);
  return (
    <div className="flex flex-col gap-3">
      <RadioList
        legend={
          <>
            {count === 1 ? "1 event" : `${shown} events`} came{" "}
            {since === null ? (
              "before this"
            ) : (
              <>
                since <RelativeTime at={since} />, while it was off,
              </>
            )}{" "}
            and did not start this flow
          </>
        }
        value={choice.run}
        onValueChange={(run) => onChoice({ ...choice, run })}
        choices={[
          { value: "none", label: count === 1 ? "Do not run it" : "Run none of them" },
          ...(count === 1 ? [] : [{ value: "last" as const, label: "Run the last one" }]),
          {
            value: "all",
            label: more
              ? `Run the first ${count.toLocaleString("en")}; the others can follow after that`
              : count === 1
                ? "Run it"
                : `Run all ${count.toLocaleString("en")}, in the order they came`,
          },
          ...(count === 1 ? [] : [{ value: "chosen" as const, label: "Choose…" }]),
        ]}
      />
      {choice.run === "chosen" ? (
        <MissedList
          events={events}
          total={count}
          picked={choice.picked}
          onPicked={(picked) => onChoice({ ...choice, picked })}
          onMore={onMore}
        />
      ) : null}
      <p role="status" className="text-13 text-ink-2">
        {chosenCount === 0
          ? "Nothing of this runs now. It is kept."
          : plannedWords(chosenCount, more && choice.run === "all", missed.effects)}
      </p>
    </div>
  );
}
