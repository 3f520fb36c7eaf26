import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, Row, RowLink, Table } from "#components/ui/table.tsx";

/** Kept mails, newest first; each row's link opens it beside the list. */
export function MailList({
  mails,
  openId,
  hrefOf,
  olderHref,
}: {
  mails: readonly {
    id: string;
    subject: string;
    recipients: readonly string[];
    createdAt: Date;
    sentAt: Date | null;
  }[];
  openId: string | null;
  hrefOf: (id: string) => string;
  olderHref: string | null;
}) {
  return (
    <>
      <Table label="Mails" framed={false}>
        <tbody>
          {mails.map((mail) => (
            <Row key={mail.id} selected={mail.id === openId}>
              <Cell className="max-w-0 py-2">
                <RowLink href={hrefOf(mail.id)} scroll={false} className="block truncate">
                  {mail.subject === "" ? "(no subject)" : mail.subject}
                </RowLink>
                <span className="block truncate text-12 text-ink-2">{mail.recipients.join(", ")}</span>
              </Cell>
              <Cell end className="w-28">
                {mail.sentAt === null ? null : <Badge tone="ok">Sent</Badge>} <RelativeTime at={mail.createdAt} />
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
      {olderHref === null ? null : (
        <div className="p-3">
          <ButtonLink href={olderHref} size="compact">
            Older mails
          </ButtonLink>
        </div>
      )}
    </>
  );
}
