"use client";
import { ChosenFields } from "#components/endpoints/chosen-fields.tsx";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { SourceFields } from "#components/endpoints/source-fields.tsx";
import { WindowField } from "#components/endpoints/window-field.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { DEDUPE_WINDOW_SECONDS_DEFAULT } from "#lib/core/dedupe-window.ts";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { ProviderChoice } from "#lib/views/endpoint-views.ts";

type Dedupe = EndpointSettings["dedupe"];

type NamingFieldsProps = SettingsPart & {
  provider: ProviderChoice;
  endpointId: string;
  infer: EndpointActions["inferSchema"];
};

/** Where the event type stands, and by what a repeat is known. */
export function NamingFields({ settings, change, errors, disabled, provider, endpointId, infer }: NamingFieldsProps) {
  const { eventType, dedupe } = settings;
  const errorOf = (start: string) => Object.entries(errors).find(([field]) => field.startsWith(start))?.[1];
  return (
    <div className="flex flex-col gap-4">
      <Field label="Event type" help="Flows choose events by it.">
        <Select
          value={eventType === null ? "preset" : "own"}
          disabled={disabled}
          onValueChange={(value) => change({ eventType: value === "preset" ? null : { from: "body", path: "type" } })}
          options={[
            { value: "preset", label: "As the sender names it" },
            { value: "own", label: "From a place of my choice" },
          ]}
        />
      </Field>
      {eventType === null ? null : (
        <SourceFields
          label="Where the event type is"
          source={eventType}
          error={errorOf("eventType")}
          disabled={disabled}
          onChange={(source) => change({ eventType: source })}
        />
      )}
      <Field label="Duplicates" help={helpOf(dedupe, provider)}>
        <Select
          value={dedupe.kind}
          disabled={disabled}
          onValueChange={(kind) => change({ dedupe: blank(kind, settings, provider) })}
          options={[
            { value: "preset", label: PRESET_LABELS[provider.repeats.known] },
            { value: "source", label: "By an id in a place of my choice" },
            { value: "fields", label: "By several fields within a time" },
            { value: "body", label: "By the same body within a time" },
            { value: "off", label: "Never: every request is its own event" },
          ]}
        />
      </Field>
      {dedupe.kind === "preset" ? (
        <PresetNote
          provider={provider}
          disabled={disabled}
          choose={() => change({ dedupe: blank("fields", settings, provider) })}
        />
      ) : null}
      {dedupe.kind === "source" ? (
        <SourceFields
          label="Where the id is"
          source={dedupe.source}
          error={errorOf("dedupe")}
          disabled={disabled}
          onChange={(source) => change({ dedupe: { kind: "source", source } })}
        />
      ) : null}
      {dedupe.kind === "fields" ? (
        <ChosenFields
          settings={settings}
          dedupe={dedupe}
          errors={errors}
          disabled={disabled}
          provider={provider}
          endpointId={endpointId}
          infer={infer}
          onChange={(next) => change({ dedupe: next })}
        />
      ) : null}
      {dedupe.kind === "body" ? (
        <WindowField
          seconds={dedupe.windowSeconds}
          error={errorOf("dedupe")}
          disabled={disabled}
          onChange={(windowSeconds) => change({ dedupe: { kind: "body", windowSeconds } })}
        />
      ) : null}
    </div>
  );
}

const PRESET_LABELS: Readonly<Record<ProviderChoice["repeats"]["known"], string>> = {
  id: "By the sender's delivery id",
  content: "By the content, as it suits the sender",
  nothing: "Not at all",
};

/** What becomes of a repeat; nothing where none is looked for. */
function helpOf({ kind }: Dedupe, { name, repeats }: ProviderChoice): string | undefined {
  if (kind === "off" || (kind === "preset" && repeats.known === "nothing")) return undefined;
  const fate = "A delivery that came before is answered 200 and starts nothing.";
  if (kind !== "preset" || repeats.known !== "content") return fate;
  return (
    `${fate} ${name} sends no delivery id, but a time or a number with every event: the same content within ` +
    `${repeats.days} days is a repeat.`
  );
}

/** What the preset cannot know, and why. */
function PresetNote({
  provider: { repeats },
  disabled,
  choose,
}: {
  provider: ProviderChoice;
  disabled: boolean;
  choose: () => void;
}) {
  if (repeats.why === null) return null;
  return (
    <Notice
      tone="info"
      title={repeats.known === "nothing" ? "Every request runs, a repeat too" : "Some repeats are not recognised"}
      actions={
        disabled ? undefined : (
          <Button type="button" size="compact" onClick={choose}>
            Choose fields
          </Button>
        )
      }
    >
      {repeats.why} Nothing real is lost that way. If you know what differs between two real events, choose those
      fields.
    </Notice>
  );
}

function blank(kind: Dedupe["kind"], { split }: Pick<EndpointSettings, "split">, { repeats }: ProviderChoice): Dedupe {
  const windowSeconds = DEDUPE_WINDOW_SECONDS_DEFAULT;
  switch (kind) {
    case "source":
      return { kind, source: { from: "body", path: "id" } };
    case "fields":
      // The sender's own fields stand in the whole body, not in an item of it.
      return {
        kind,
        fields: split.kind === "off" && repeats.fields.length > 0 ? repeats.fields : [{ from: "body", path: "" }],
        windowSeconds,
      };
    case "body":
      return { kind, windowSeconds };
    case "preset":
    case "off":
      return { kind };
  }
}
