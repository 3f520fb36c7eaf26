import type { ReactNode } from "react";
import { MailFrame } from "#components/outbox/mail-frame.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { EffectView } from "#lib/engine/effect-view.ts";

/** A mail as it goes out: who gets it through what, and its HTML, its text and its source. */
export function MailEffect({ mail }: { mail: Extract<EffectView, { kind: "email" }> }) {
  const { recipients } = mail;
  const facts: [string, ReactNode][] = [
    ["Subject", mail.subject],
    ["From", mail.from],
    ...named("To", mail.to),
    ...named("Cc", mail.cc),
    [
      recipients.length === 1 ? "Recipient on the wire" : `${recipients.length} recipients on the wire`,
      <code key="to" className="font-mono text-12">
        {recipients.join(", ")}
      </code>,
    ],
    [
      "Message-ID",
      <code key="id" className="font-mono text-12">
        {mail.messageId}
      </code>,
    ],
    ["Goes through", mail.through],
  ];
  const rendered = {
    value: "rendered",
    label: "Rendered",
    content: <MailFrame html={mail.html ?? ""} title={`Mail: ${mail.subject}`} />,
  };
  const text = { value: "text", label: "Text", content: <CodeBlock label="text" code={mail.text ?? ""} wrap /> };
  const source = { value: "source", label: "Source", content: <CodeBlock label="source" code={mail.source} wrap /> };
  return (
    <div className="flex flex-col gap-4">
      <DescriptionList items={facts} />
      <Tabs
        label="Views of the mail"
        items={[...(mail.html === null ? [] : [rendered]), ...(mail.text === null ? [] : [text]), source]}
      />
    </div>
  );
}

function named(name: string, value: string): [string, string][] {
  return value === "" ? [] : [[name, value]];
}
