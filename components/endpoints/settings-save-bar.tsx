import type { useSettingsDraft } from "#components/endpoints/use-settings-draft.ts";
import { OctagonX, TriangleAlert } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";

type SettingsSaveBarProps = {
  draft: Pick<ReturnType<typeof useSettingsDraft>, "isChanged" | "isFromBefore" | "clashes">;
  refusal: string | null;
  busy: "saving" | "trying" | null;
  onDiscard: () => void;
  onTry: () => void;
  onSave: () => void;
};

const WORDS: Record<keyof EndpointSettings | "name" | "providerId", string> = {
  name: "the name",
  providerId: "the sender",
  verification: "whether signatures are checked",
  scheme: "how the sender signs",
  options: "the sender's options",
  toleranceSeconds: "the oldest signed time",
  publicUrl: "the address as the sender knows it",
  methods: "the methods",
  allowedAddresses: "the addresses that may send",
  httpsRequired: "HTTPS only",
  ratePerSecond: "the requests per second",
  bodyBytesMax: "the largest body",
  eventType: "the event type",
  dedupe: "the duplicates",
  answer: "the answer",
  split: "the batches",
  schema: "the required content",
  form: "the forms",
  confirmGet: "asking before a link acts",
  retireSecretsAfterHours: "the hours after which secrets retire",
};

/** Stays in sight below a long form: whether something is unsaved, and what to do about it. */
export function SettingsSaveBar({ draft, refusal, busy, onDiscard, onTry, onSave }: SettingsSaveBarProps) {
  return (
    <section aria-label="Save" data-bottom-bar className="sticky bottom-0 z-30 -mb-6 bg-ground pb-3">
      <div
        className={cx(
          "flex flex-wrap items-center gap-x-4 gap-y-2 rounded-card",
          "border border-line-strong bg-surface px-4 py-3",
        )}
      >
        <div className="min-w-0 flex-[1_1_10rem] text-13" role="status">
          {refusal === null ? (
            <p className="text-ink-2">{standing(draft)}</p>
          ) : (
            <p className="flex items-start gap-2 text-bad-text">
              <OctagonX aria-hidden className="mt-0.5" />
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <span className="font-semibold">Not saved:</span> {refusal}
              </span>
            </p>
          )}
          {draft.clashes.length === 0 ? null : (
            <p className="mt-1 flex items-start gap-2 text-warn-text">
              <TriangleAlert aria-hidden className="mt-0.5" />
              <span>Somebody saved {draft.clashes.map(wordOf).join(", ")} meanwhile. Saving replaces it by yours.</span>
            </p>
          )}
        </div>
        {draft.isChanged ? (
          <Button size="compact" variant="quiet" disabled={busy !== null} onClick={onDiscard}>
            Discard
          </Button>
        ) : null}
        <div className="flex flex-wrap gap-2 max-md:w-full">
          <Button
            size="compact"
            className="max-md:flex-1"
            pending={busy === "trying"}
            disabled={busy === "saving"}
            onClick={onTry}
          >
            Try on the last 1,000 requests
          </Button>
          <Button
            size="compact"
            className="max-md:flex-1"
            variant={draft.isChanged ? "primary" : "secondary"}
            pending={busy === "saving"}
            disabled={busy === "trying"}
            onClick={onSave}
          >
            Save settings
          </Button>
        </div>
      </div>
    </section>
  );
}

function standing({ isChanged, isFromBefore }: SettingsSaveBarProps["draft"]): string {
  if (!isChanged) return "Everything is saved";
  return isFromBefore ? "Your changes from before are here, not saved yet" : "Not saved yet";
}

function wordOf(field: string): string {
  return (WORDS as Record<string, string>)[field] ?? field;
}
