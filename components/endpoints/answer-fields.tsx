"use client";
import { AnswerHeaders } from "#components/endpoints/answer-headers.tsx";
import { FlowAnswerFields } from "#components/endpoints/flow-answer-fields.tsx";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { NumberInput } from "#components/ui/number-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { EndpointView, ProviderChoice } from "#lib/views/endpoint-views.ts";

type Answer = EndpointSettings["answer"];

type AnswerFieldsProps = SettingsPart & {
  provider: Pick<ProviderChoice, "id" | "name" | "ackDeadlineSeconds">;
  answeringFlows: EndpointView["answeringFlows"];
};

/** What the sender is answered. */
export function AnswerFields({ settings, change, errors, disabled, provider, answeringFlows }: AnswerFieldsProps) {
  const { answer } = settings;
  const error = (field: string) => errors[`answer.${field}`];
  return (
    <div className="flex flex-col gap-4">
      <Field label="Answer">
        <Select
          value={answer.kind}
          disabled={disabled}
          onValueChange={(kind) => change({ answer: blank(kind) })}
          options={[
            { value: "default", label: "202 with the event's id, or as the sender wants it" },
            { value: "fixed", label: "Always the same answer" },
            { value: "redirect", label: "Send the browser to a page (for forms)" },
            { value: "flow", label: "What a flow answers" },
          ]}
        />
      </Field>
      {answer.kind === "fixed" ? (
        <>
          <Field label="Status" error={error("status")} help="200 to 299.">
            <NumberInput
              value={answer.status}
              disabled={disabled}
              onNumberChange={(status) => change({ answer: { ...answer, status: status ?? Number.NaN } })}
            />
          </Field>
          <Field label="Content type" error={error("contentType")}>
            <Input
              mono
              value={answer.contentType}
              disabled={disabled}
              onValueChange={(text) => change({ answer: { ...answer, contentType: text } })}
            />
          </Field>
          <Field label="Body" error={error("body")}>
            <Textarea
              mono
              value={answer.body}
              disabled={disabled}
              onChange={(event) => change({ answer: { ...answer, body: event.currentTarget.value } })}
            />
          </Field>
        </>
      ) : null}
      {answer.kind === "fixed" ? (
        <AnswerHeaders
          label="Headers"
          headers={answer.headers}
          error={Object.entries(errors).find(([field]) => field.startsWith("answer.headers"))?.[1]}
          disabled={disabled}
          change={(headers) => change({ answer: { ...answer, headers } })}
        />
      ) : null}
      {answer.kind === "flow" ? (
        <FlowAnswerFields
          answer={answer}
          change={(next) => change({ answer: next })}
          errors={errors}
          disabled={disabled}
          provider={provider}
          answeringFlows={answeringFlows}
        />
      ) : null}
      {answer.kind === "redirect" ? (
        <Field
          label="Page"
          error={error("url")}
          help="Scripts that post by fetch are told its address instead of being redirected."
        >
          <Input
            mono
            value={answer.url}
            disabled={disabled}
            onValueChange={(text) => change({ answer: { kind: "redirect", url: text } })}
          />
        </Field>
      ) : null}
    </div>
  );
}

function blank(kind: Answer["kind"]): Answer {
  if (kind === "fixed") return { kind, status: 200, contentType: "text/plain", body: "ok", headers: [] };
  if (kind === "flow")
    return { kind, deadlineMs: 3_000, fallback: { status: 202, contentType: "text/plain", body: "ok", headers: [] } };
  return kind === "redirect" ? { kind, url: "https://" } : { kind };
}
