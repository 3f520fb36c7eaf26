"use client";
import NextLink from "next/link";
import { useActionCard, useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { TemplateField } from "#components/builder/template-field.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SchemaForm } from "#components/ui/schema-form.tsx";
import { Select } from "#components/ui/select.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { Json } from "#lib/core/json.ts";
import { ANSWER_ACTION } from "#lib/engine/answers-sender.ts";
import { writtenHosts } from "#lib/engine/connections/written-hosts.ts";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";

/** The fields of an action, drawn from its JSON Schema, and the connection it goes through. */
export function ActionFields({ step }: { step: ActionStep }) {
  const { store, data } = useBuilder();
  const action = useActionCard(step.action);
  if (!action)
    return (
      <Notice tone="bad" title={`There is no action "${step.action}"`}>
        This version of Hookline does not know it. Delete the step or add another.
      </Notice>
    );
  const change = (input: Json, key: string) =>
    store
      .getState()
      .edit(`Change ${step.name}`, (flow) => changeStep(flow, step.id, (one) => ({ ...one, input }) as ActionStep), {
        mergeKey: `${step.id}:${key}`,
      });
  return (
    <>
      {step.action === ANSWER_ACTION ? <AnswerNotice /> : null}
      {action.connectionKinds.length > 0 ? (
        <ConnectionField step={step} kinds={action.connectionKinds} required={action.connectionRequired} />
      ) : null}
      <SchemaForm
        schema={action.schema}
        value={step.input}
        onChange={(input) => change(input, "form")}
        context={{
          disabled: !data.may.edit,
          renderTemplate: ({ path, label, place, schema, value, onChange, labelHidden }) => (
            <TemplateField
              key={path.join(".")}
              owner={step.id}
              fieldKey={["input", ...path].join(".")}
              label={label}
              labelHidden={labelHidden}
              kind={place === "value" && !value.includes("{{") ? "expression" : "template"}
              value={value}
              multiline={schema.hookline?.multiline}
              placeholder={schema.hookline?.placeholder}
              help={schema.hookline?.help}
              required={schema.hookline?.required}
              onChange={onChange}
            />
          ),
        }}
      />
    </>
  );
}

/** Said where nobody would hear the answer. */
function AnswerNotice() {
  const endpoints = useBuilder().data.endpoints;
  const endpointId = useBuilderState((state) => state.definition.trigger.endpointId);
  const endpoint = endpoints.find((one) => one.id === endpointId);
  if (endpoint === undefined || endpoint.flowsAnswer) return null;
  return (
    <Notice tone="warn" title="Nobody is waiting for this answer yet">
      Choose <i>What a flow answers</i> under Answer in the settings of{" "}
      <TextLink href={`/endpoints/${endpoint.id}`}>{endpoint.name}</TextLink>.
    </Notice>
  );
}

const NONE = "none";

/** Where a connection for this step is made, with the host its URL names filled in. */
function newConnectionPath(step: ActionStep, isMail: boolean): string {
  if (isMail) return "/connections/new?kind=smtp";
  const { hosts } = writtenHosts([{ connectionId: step.id, input: step.input }], step.id);
  return hosts[0] === undefined ? "/connections/new" : `/connections/new?host=${encodeURIComponent(hosts[0])}`;
}

function ConnectionField({ step, kinds, required }: { step: ActionStep; kinds: readonly string[]; required: boolean }) {
  const { store, data } = useBuilder();
  const fitting = data.connections.filter((connection) => kinds.includes(connection.kind));
  const isGone =
    step.connectionId != null && !data.connections.some((connection) => connection.id === step.connectionId);
  const isMail = kinds.includes("smtp");
  const none = isMail ? "Outbox: kept here, not sent" : "No authentication";
  return (
    <Field
      label="Connection"
      error={isGone ? "This connection is gone. Choose another." : null}
      help={
        fitting.length === 0 ? (
          <NextLink
            href={newConnectionPath(step, isMail)}
            target="_blank"
            className="inline-flex min-h-6 items-center text-accent-text underline underline-offset-2"
          >
            {isMail ? "Add an SMTP connection" : "Add a connection"}
          </NextLink>
        ) : undefined
      }
    >
      <Select
        options={[
          ...(required ? [] : [{ value: NONE, label: none }]),
          ...fitting.map((connection) => ({
            value: connection.id,
            label: connection.name,
            description: connection.kind,
          })),
        ]}
        value={step.connectionId ?? (required ? null : NONE)}
        disabled={!data.may.edit}
        onValueChange={(value) =>
          store
            .getState()
            .edit("Choose connection", (flow) =>
              changeStep(
                flow,
                step.id,
                (one) => ({ ...one, connectionId: value === NONE ? null : value }) as ActionStep,
              ),
            )
        }
      />
    </Field>
  );
}
