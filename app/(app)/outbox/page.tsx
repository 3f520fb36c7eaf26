import type { Metadata } from "next";
import { Inbox } from "#components/icons.ts";
import { LiveRefresh } from "#components/live/live-refresh.tsx";
import { MailDetail } from "#components/outbox/mail-detail.tsx";
import { MailList } from "#components/outbox/mail-list.tsx";
import { SendMail } from "#components/outbox/send-mail.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ListDetail } from "#components/ui/list-detail.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { loadOutbox, type OutboxPage } from "#lib/loaders/outbox.ts";
import { sendOutboxMailAction } from "./actions.ts";

export const metadata: Metadata = { title: "Outbox" };

type Search = { mail?: string | string[]; before?: string | string[] };

/** Mail that was composed exactly as for sending and kept here instead. */
export default async function Outbox({ searchParams }: { searchParams: Promise<Search> }) {
  const search = await searchParams;
  const open = typeof search.mail === "string" ? search.mail : null;
  const before = typeof search.before === "string" ? search.before : null;
  const page = await loadOutbox({ open, before });
  const hrefOf = (mail: string | null, older: string | null) => {
    const query = new URLSearchParams({
      ...(older === null ? {} : { before: older }),
      ...(mail === null ? {} : { mail }),
    });
    return query.size === 0 ? "/outbox" : `/outbox?${query}`;
  };
  return (
    <Page>
      <LiveRefresh topics={["outbox"]} />
      <PageHeader
        title="Outbox"
        description="Mail from steps without a mail server: composed exactly as it would be sent, and kept here."
      />
      {page.mails.length === 0 && page.opened === null ? (
        <Nothing older={before !== null} />
      ) : (
        <ListDetail
          className="min-h-[70vh]"
          open={page.opened !== null}
          list={
            <MailList
              mails={page.mails}
              openId={page.opened?.mail.id ?? null}
              hrefOf={(id) => hrefOf(id, before)}
              olderHref={page.olderThan === null ? null : hrefOf(null, page.olderThan)}
            />
          }
          detail={<Detail page={page} closeHref={hrefOf(null, before)} />}
        />
      )}
    </Page>
  );
}

function Detail({ page, closeHref }: { page: OutboxPage; closeHref: string }) {
  const { opened, servers } = page;
  if (opened === null) return <p className="p-6 text-14 text-ink-2">Choose a mail to read it.</p>;
  return (
    <>
      <div className="px-4 pt-3 lg:hidden">
        <ButtonLink href={closeHref} size="compact">
          All mails
        </ButtonLink>
      </div>
      <MailDetail
        key={opened.mail.id}
        {...opened}
        actions={
          opened.mail.sentAt !== null || servers === null ? null : servers.length > 0 ? (
            <SendMail mail={opened.mail} servers={servers} send={sendOutboxMailAction} />
          ) : (
            <ButtonLink href="/connections/new?kind=smtp">Add a mail server to send it</ButtonLink>
          )
        }
      />
    </>
  );
}

function Nothing({ older }: { older: boolean }) {
  if (older)
    return (
      <EmptyState
        icon={<Inbox />}
        title="No older mails"
        action={<ButtonLink href="/outbox">Show the newest</ButtonLink>}
      >
        This is the end of the Outbox.
      </EmptyState>
    );
  return (
    <EmptyState icon={<Inbox />} title="No mail kept yet" action={<ButtonLink href="/flows">Go to flows</ButtonLink>}>
      When a step sends mail without a mail server, the mail appears here instead of going out.
    </EmptyState>
  );
}
