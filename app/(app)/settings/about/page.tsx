import type { Metadata } from "next";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { loadAbout, type ShownSetting } from "#lib/loaders/about.ts";

export const metadata: Metadata = { title: "About" };

/** What runs here, and how it was set up. */
export default async function AboutPage() {
  const { versions, settings } = await loadAbout();
  return (
    <Page>
      <PageHeader title="About" />
      <div className="flex flex-col gap-6">
        <Card title="Versions">
          <DescriptionList items={versions} />
        </Card>
        {settings === null ? null : (
          <section className="flex flex-col gap-3">
            <header>
              <h2 className="text-16 font-semibold">Settings</h2>
              <p className="max-w-prose text-13 text-ink-2">
                Environment variables of this process. They change where it is started; secrets are never shown.
              </p>
            </header>
            {[...Map.groupBy(settings, (setting) => setting.group)].map(([group, rows]) => (
              <SettingsTable key={group} group={group} rows={rows} />
            ))}
          </section>
        )}
      </div>
    </Page>
  );
}

function SettingsTable({ group, rows }: { group: string; rows: ShownSetting[] }) {
  return (
    <div className="flex flex-col gap-1">
      <h3 className="text-13 font-medium text-ink-2">{group}</h3>
      <Table label={group}>
        <TableHead>
          <HeadCell className="w-80">Variable</HeadCell>
          <HeadCell className="w-80">Value</HeadCell>
          <HeadCell>What it does</HeadCell>
        </TableHead>
        <tbody>
          {rows.map((setting) => (
            <Row key={setting.variable}>
              <Cell mono>{setting.variable}</Cell>
              <Cell mono className="min-w-40 [overflow-wrap:anywhere]">
                {setting.value} {setting.isDefault && setting.value !== "not set" ? <Badge>default</Badge> : null}
              </Cell>
              <Cell className="min-w-64 text-ink-2">{setting.meaning}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
