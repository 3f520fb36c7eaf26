import { MailFrame } from "#components/outbox/mail-frame.tsx";
import { absenceText, ValueView } from "#components/runs/value-view.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { HeadersTable } from "#components/ui/headers-table.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { Json } from "#lib/core/json.ts";
import { readWritten, type Written, writeJson } from "#lib/core/json-text.ts";
import type { AnswerEffect, Effect, EmailEffect, HttpEffect } from "#lib/engine/effect.ts";
import { effectAsCurl, shownText } from "#lib/engine/effect-as-curl.ts";

type Mail = { from: string; to: string; cc: string; text: string | null; html: string | null };

/** A frozen effect as the page gets it; `mail` is an e-mail taken apart. */
export type ShownEffect = { kind: "kept"; effect: Effect; mail: Mail | null } | { kind: "gone" | "hidden" | "none" };

/** The exact call or mail that was planned: these bytes go out on every try. */
export function EffectView({ shown }: { shown: ShownEffect }) {
  if (shown.kind !== "kept")
    return (
      <p className="text-13 text-ink-2">
        {absenceText(shown.kind, "Nothing was planned: the step did not come so far, or it acts on nothing.")}
      </p>
    );
  switch (shown.effect.kind) {
    case "http":
      return <HttpView effect={shown.effect} />;
    case "email":
      return <EmailView effect={shown.effect} mail={shown.mail} />;
    case "answer":
      return <AnswerView effect={shown.effect} />;
    case "value":
      return <ValueView value={keptOf(shown.effect.output)} label="value" none="" />;
  }
}

function HttpView({ effect }: { effect: HttpEffect }) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="min-w-0 font-mono text-13 [overflow-wrap:anywhere]">
          <b className="font-semibold">{effect.method}</b> {effect.url}
        </p>
        <CopyButton text={effectAsCurl(effect)}>Copy as curl</CopyButton>
      </div>
      <HeadersTable headers={effect.headers.map(([name, value]) => [name, shownText(value)] as const)} />
      {effect.body === null ? (
        <p className="text-13 text-ink-3">No body.</p>
      ) : "base64" in effect.body ? (
        <p className="text-13 text-ink-2">
          Not text: {Math.floor((effect.body.base64.length * 3) / 4).toLocaleString("en")} bytes.
        </p>
      ) : (
        <BodyText text={effect.body.text} />
      )}
    </div>
  );
}

function AnswerView({ effect }: { effect: AnswerEffect }) {
  return (
    <div className="flex flex-col gap-4">
      <p className="text-13">
        <b className="font-mono font-semibold">{effect.status}</b> to the sender of the event
      </p>
      <HeadersTable headers={effect.headers} />
      {effect.body === "" ? <p className="text-13 text-ink-3">No body.</p> : <BodyText text={effect.body} />}
    </div>
  );
}

function BodyText({ text }: { text: string }) {
  const json = parsed(text);
  if (json === undefined) return <CodeBlock label="body" code={text} wrap />;
  return (
    <Tabs
      label="Views of the body"
      items={[
        {
          value: "pretty",
          label: "Pretty",
          content: <ValueView value={{ kind: "kept", value: json, json: text }} label="body" none="" />,
        },
        { value: "raw", label: "Raw", content: <CodeBlock label="body" code={text} wrap /> },
      ]}
    />
  );
}

function EmailView({ effect, mail }: { effect: EmailEffect; mail: Mail | null }) {
  return (
    <div className="flex flex-col gap-4">
      <DescriptionList
        items={[
          ["Subject", effect.subject],
          ["From", mail?.from ?? effect.envelope.from],
          ["To", mail?.to ?? ""],
          [
            "Recipients on the wire",
            <code key="to" className="font-mono text-12">
              {effect.envelope.to.join(", ")}
            </code>,
          ],
          [
            "Message-ID",
            <code key="id" className="font-mono text-12">
              {effect.messageId}
            </code>,
          ],
          ["Goes through", effect.connectionId === null ? "the Outbox: kept here, not sent" : "the step's mail server"],
        ]}
      />
      <Tabs
        label="Views of the mail"
        items={[
          ...(mail?.html
            ? [
                {
                  value: "rendered",
                  label: "Rendered",
                  content: <MailFrame html={mail.html} title={`Mail: ${effect.subject}`} />,
                },
              ]
            : []),
          ...(mail?.text
            ? [{ value: "text", label: "Text", content: <CodeBlock label="text" code={mail.text} wrap /> }]
            : []),
          { value: "source", label: "Source", content: <CodeBlock label="source" code={effect.message} wrap /> },
        ]}
      />
    </div>
  );
}

/** The body as JSON where it is an object or a list; undefined else. */
function parsed(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function keptOf(output: Written) {
  return { kind: "kept" as const, value: readWritten(output), json: writeJson(output) };
}
