import { AnswerHeaders } from "#components/endpoints/answer-headers.tsx";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { NumberInput } from "#components/ui/number-input.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { EndpointView, ProviderChoice } from "#lib/views/endpoint-views.ts";

type FlowAnswer = Extract<EndpointSettings["answer"], { kind: "flow" }>;

type FlowAnswerFieldsProps = Pick<SettingsPart, "errors" | "disabled"> & {
  answer: FlowAnswer;
  change: (answer: FlowAnswer) => void;
  provider: Pick<ProviderChoice, "id" | "name" | "ackDeadlineSeconds">;
  answeringFlows: EndpointView["answeringFlows"];
};

/** How long a flow may take to answer, beside how long the sender waits, and what is said when it does not. */
export function FlowAnswerFields({
  answer,
  change,
  errors,
  disabled,
  provider,
  answeringFlows,
}: FlowAnswerFieldsProps) {
  const { fallback } = answer;
  const setFallback = (patch: Partial<FlowAnswer["fallback"]>) =>
    change({ ...answer, fallback: { ...fallback, ...patch } });
  const senderMs = provider.ackDeadlineSeconds === null ? null : provider.ackDeadlineSeconds * 1_000;
  const sender = provider.id === "none" ? "The sender" : provider.name;
  return (
    <>
      {answeringFlows.length > 0 ? (
        <p className="text-13 text-ink-2">
          Answered by{" "}
          {answeringFlows.map(({ id, name }, place) => (
            <span key={id}>
              {place === 0 ? "" : ", "}
              <TextLink href={`/flows/${id}`}>{name}</TextLink>
            </span>
          ))}
          {answeringFlows.length > 1 ? ": the first answer counts." : "."}
        </p>
      ) : (
        <Notice tone="warn" title="No live flow answers yet">
          Add the step "Answer the sender" to a flow that listens here and publish it. Until then senders get the
          fallback at once.
        </Notice>
      )}
      <Field
        label="Deadline, in milliseconds"
        error={errors["answer.deadlineMs"]}
        help={
          "100 to 25,000. " +
          (senderMs === null
            ? "How long this sender waits is not known."
            : `${sender} waits ${(senderMs / 1_000).toLocaleString("en")} s.`)
        }
      >
        <NumberInput
          value={answer.deadlineMs}
          disabled={disabled}
          onNumberChange={(deadlineMs) => change({ ...answer, deadlineMs: deadlineMs ?? Number.NaN })}
        />
      </Field>
      {senderMs !== null && answer.deadlineMs >= senderMs ? (
        <Notice tone="warn" title="The sender gives up before the deadline">
          {sender} waits {(senderMs / 1_000).toLocaleString("en")} s and then sends the event again. Stay well below
          that.
        </Notice>
      ) : null}
      <Field
        label="Fallback: status"
        error={errors["answer.fallback.status"]}
        help={
          "Sent when no flow answers in time. The event is stored either " +
          "way: with 2xx the sender does not repeat it."
        }
      >
        <NumberInput
          value={fallback.status}
          disabled={disabled}
          onNumberChange={(status) => setFallback({ status: status ?? Number.NaN })}
        />
      </Field>
      <Field label="Fallback: content type" error={errors["answer.fallback.contentType"]}>
        <Input
          mono
          value={fallback.contentType}
          disabled={disabled}
          onValueChange={(text) => setFallback({ contentType: text })}
        />
      </Field>
      <Field label="Fallback: body" error={errors["answer.fallback.body"]}>
        <Textarea
          mono
          value={fallback.body}
          disabled={disabled}
          onChange={(event) => setFallback({ body: event.currentTarget.value })}
        />
      </Field>
      <AnswerHeaders
        label="Fallback: headers"
        headers={fallback.headers}
        error={Object.entries(errors).find(([field]) => field.startsWith("answer.fallback.headers"))?.[1]}
        disabled={disabled}
        change={(headers) => setFallback({ headers })}
      />
    </>
  );
}
