import type { ReactNode } from "react";
import { MailFrame } from "#components/outbox/mail-frame.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { TextLink } from "#components/ui/text-link.tsx";

/** A mail taken apart; null parts where the role may not read payloads. */
export type MailDetailProps = {
  mail: {
    id: string;
    runId: string | null;
    path: string | null;
    messageId: string;
    sender: string;
    recipients: readonly string[];
    subject: string;
    createdAt: Date;
    sentAt: Date | null;
  };
  sentThroughName: string | null;
  parts: {
    from: string;
    to: string;
    cc: string;
    replyTo: string;
    text: string | null;
    html: string | null;
    attachments: readonly { name: string; type: string; bytes: number }[];
  } | null;
  source: string | null;
  actions?: ReactNode;
};

/** One kept mail: rendered, its text, its source, and exactly who would get it. */
export function MailDetail({ mail, sentThroughName, parts, source, actions }: MailDetailProps) {
  return (
    <article className="flex min-w-0 flex-col gap-4 p-4">
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="text-16 font-semibold [overflow-wrap:anywhere]">
            {mail.subject === "" ? "(no subject)" : mail.subject}
          </h2>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-13 text-ink-2">
            {mail.sentAt === null ? (
              <Badge tone="hold">Kept here, not sent</Badge>
            ) : (
              <Badge tone="ok">Sent through {sentThroughName}</Badge>
            )}
            <RelativeTime at={mail.sentAt ?? mail.createdAt} />
            {mail.runId === null ? null : (
              <TextLink
                href={`/runs/${mail.runId}${mail.path === null ? "" : `?step=${encodeURIComponent(mail.path)}`}`}
              >
                Run that made it
              </TextLink>
            )}
          </p>
        </div>
        {actions}
      </header>
      {parts === null || source === null ? (
        <Notice title="Contents are hidden for your role">Viewers see that a mail was made, not what it says.</Notice>
      ) : (
        <Tabs
          label="Views of the mail"
          items={[
            ...(parts.html === null
              ? []
              : [
                  {
                    value: "rendered",
                    label: "Rendered",
                    content: <MailFrame html={parts.html} title={`Mail: ${mail.subject}`} />,
                  },
                ]),
            ...(parts.text === null
              ? []
              : [{ value: "text", label: "Text", content: <CodeBlock label="text" code={parts.text} wrap /> }]),
            {
              value: "recipients",
              label: "Recipients",
              count: mail.recipients.length,
              content: <Recipients mail={mail} parts={parts} />,
            },
            { value: "source", label: "Source", content: <CodeBlock label="source" code={source} wrap /> },
          ]}
        />
      )}
    </article>
  );
}

function Recipients({ mail, parts }: { mail: MailDetailProps["mail"]; parts: NonNullable<MailDetailProps["parts"]> }) {
  const facts: [string, ReactNode][] = [
    ["From", parts.from],
    ["To", parts.to],
    ["Cc", parts.cc],
    ["Reply to", parts.replyTo],
    [
      "Sender on the wire",
      <code key="from" className="font-mono text-12">
        {mail.sender}
      </code>,
    ],
    [
      "Recipients on the wire",
      <code key="to" className="font-mono text-12">
        {mail.recipients.join(", ")}
      </code>,
    ],
    [
      "Message-ID",
      <code key="id" className="font-mono text-12">
        {mail.messageId}
      </code>,
    ],
    [
      "Attachments",
      parts.attachments
        .map(({ name, type, bytes }) => `${name} (${type}, ${bytes.toLocaleString("en")} bytes)`)
        .join(", "),
    ],
  ];
  return <DescriptionList items={facts.filter(([, value]) => value !== "")} />;
}
