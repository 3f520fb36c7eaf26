"use client";
import { useBuilderState } from "#components/builder/builder-context.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { HeadersTable } from "#components/ui/headers-table.tsx";
import { JsonTree } from "#components/ui/json-tree.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { WithCode } from "#components/ui/with-code.tsx";
import { prettyJson } from "#lib/core/pretty-json.ts";
import type { EffectView } from "#lib/engine/edit/preview-types.ts";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";

/** The exact effect a step would have with the chosen sample: the call, the mail, or the value. Nothing is sent. */
export function EffectPreview({ step }: { step: ActionStep }) {
  const effect = useBuilderState((state) => (state.preview?.for === step.id ? state.preview.answer.effect : null));
  const hasSample = useBuilderState((state) => state.sample !== null);
  const steps = useBuilderState((state) => state.preview?.answer.scope?.steps ?? null);
  if (!hasSample)
    return (
      <Notice title="No sample chosen">
        Choose an event in the data panel: this shows exactly what would go out for it.
      </Notice>
    );
  if (!effect) return <p className="text-13 text-ink-3">Working it out…</p>;
  const used = (steps ?? []).filter(
    (one) => one.provenance === "example" && JSON.stringify(step.input).includes(`steps.${one.id}`),
  );
  return (
    <div className="flex flex-col gap-4">
      {used.length > 0 ? (
        <Notice tone="warn" title="Part of this is example data">
          {used.map((one) => `"${one.name}"`).join(", ")} has not run yet: its answer is the example from the
          documentation, not your data.
        </Notice>
      ) : null}
      <Effect effect={effect} />
      <p className="text-12 text-ink-3">
        Nothing was sent. Live runs send exactly this, with real secrets in place of ••••.
      </p>
    </div>
  );
}

function Effect({ effect }: { effect: EffectView }) {
  switch (effect.kind) {
    case "refused":
      return (
        <Notice tone="bad" title="This would stop here">
          <WithCode text={effect.message} /> <code className="text-12 text-ink-3">{effect.code}</code>
        </Notice>
      );
    case "value":
      return (
        <div className="rounded-control border border-line p-1.5">
          <JsonTree label="Value of the step" json={effect.json} levels={4} />
        </div>
      );
    case "http":
      return (
        <>
          {effect.held === null ? null : (
            <Notice tone="hold" title="This would wait for an admin">
              {effect.held}
            </Notice>
          )}
          <div className="flex items-start justify-between gap-2">
            <p className="min-w-0 font-mono text-13 [overflow-wrap:anywhere]">
              <Badge tone="accent">{effect.method}</Badge> {effect.url}
            </p>
            <CopyButton text={effect.curl} label="Copy as curl">
              curl
            </CopyButton>
          </div>
          <section>
            <h3 className="mb-1 text-13 font-medium">Headers</h3>
            <HeadersTable headers={effect.headers} />
          </section>
          <section>
            <h3 className="mb-1 text-13 font-medium">Body</h3>
            {effect.body === null ? (
              <p className="text-13 text-ink-3">No body.</p>
            ) : (
              <CodeBlock label="body" code={prettyJson(effect.body) ?? effect.body} wrap />
            )}
          </section>
        </>
      );
    case "answer":
      return (
        <>
          <p className="text-13">
            <Badge tone="accent">{effect.status}</Badge> to the sender, if it still waits
          </p>
          <HeadersTable headers={effect.headers} />
          {effect.body === "" ? (
            <p className="text-13 text-ink-3">No body.</p>
          ) : (
            <CodeBlock label="answer" code={prettyJson(effect.body) ?? effect.body} wrap />
          )}
        </>
      );
    case "email":
      return (
        <>
          <DescriptionList
            items={[
              ["From", effect.from],
              [
                effect.recipients.length === 1 ? "To" : `To ${effect.recipients.length} recipients`,
                effect.recipients.join(", "),
              ],
              ["Subject", effect.subject],
              ["Through", effect.through],
            ]}
          />
          <Tabs
            label="Forms of the mail"
            items={[
              ...(effect.html
                ? [
                    {
                      value: "rendered",
                      label: "Rendered",
                      content: (
                        <iframe
                          title="Rendered mail"
                          sandbox=""
                          srcDoc={framed(effect.html)}
                          className="h-96 w-full rounded-control border border-line bg-[white]"
                        />
                      ),
                    },
                  ]
                : []),
              ...(effect.text
                ? [
                    {
                      value: "text",
                      label: "Text",
                      content: <CodeBlock label="text of the mail" code={effect.text} wrap />,
                    },
                  ]
                : []),
              {
                value: "source",
                label: "Source",
                content: <CodeBlock label="source of the mail" code={effect.source.replaceAll("\r\n", "\n")} wrap />,
              },
            ]}
          />
        </>
      );
  }
}

/** The mail in a document of its own that may load nothing from outside. */
function framed(html: string): string {
  return `<!doctype html><meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">${html}`;
}
