import type { Metadata } from "next";
import { Activity } from "#components/icons.ts";
import { LiveRefresh } from "#components/live/live-refresh.tsx";
import { BrakePanel } from "#components/runs/brake-panel.tsx";
import { BulkStrip } from "#components/runs/bulk-strip.tsx";
import { PullBrake } from "#components/runs/pull-brake.tsx";
import { RunFilters } from "#components/runs/run-filters.tsx";
import { RunTable } from "#components/runs/run-table.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { databaseNow } from "#lib/core/database-time.ts";
import { isNarrowed, readRunSearch, writeRunSearch } from "#lib/engine/run-search.ts";
import { loadBrake } from "#lib/loaders/brake.ts";
import { loadRuns } from "#lib/loaders/runs.ts";
import { pullBrakeAction, releaseBrakeAction } from "./brake/actions.ts";
import { BULK_ACTS } from "./many/bulk-acts.ts";

export const metadata: Metadata = { title: "Runs" };

/** Every run of every flow, live, newest first. */
export default async function RunsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const query = await searchParams;
  const search = readRunSearch(query);
  const before = typeof query.before === "string" ? query.before : null;
  const [page, brake] = await Promise.all([loadRuns(search, before, databaseNow()), loadBrake()]);
  const older = writeRunSearch(search);
  if (page.olderThan !== null) older.set("before", page.olderThan);
  const newest = writeRunSearch(search);
  return (
    <Page>
      <PageHeader
        title="Runs"
        description="What your flows did for each event."
        actions={brake.brake === null && brake.may.pull ? <PullBrake pull={pullBrakeAction} /> : null}
      />
      {brake.brake === null ? null : (
        <BrakePanel brake={brake.brake} release={brake.may.release ? releaseBrakeAction : null} />
      )}
      <RunFilters search={search} flows={page.flows} endpoints={page.endpoints} eventTypes={page.eventTypes} />
      <BulkStrip shown={page.acts} acts={BULK_ACTS} maySteer={page.mayAct} />
      {page.runs.length > 0 ? (
        <RunTable
          key={`${before ?? "newest"} ${newest}`}
          runs={page.runs}
          live={before === null}
          bulk={
            page.mayAct
              ? { acts: BULK_ACTS, filter: page.filter, more: before !== null || page.olderThan !== null }
              : null
          }
        />
      ) : page.problem === null ? (
        <>
          <LiveRefresh topics={["runs"]} />
          <Nothing narrowed={isNarrowed(search)} />
        </>
      ) : (
        <EmptyState
          icon={<Activity />}
          title="The search was stopped"
          action={<ButtonLink href="/runs">Clear filters</ButtonLink>}
        >
          {page.problem}
        </EmptyState>
      )}
      <nav aria-label="Pages of runs" className="mt-3 flex gap-2">
        {before === null ? null : (
          <ButtonLink size="compact" href={newest.size === 0 ? "/runs" : `/runs?${newest}`}>
            Newest
          </ButtonLink>
        )}
        {page.olderThan === null ? null : (
          <ButtonLink size="compact" href={`/runs?${older}`}>
            Older runs
          </ButtonLink>
        )}
      </nav>
    </Page>
  );
}

function Nothing({ narrowed }: { narrowed: boolean }) {
  if (narrowed)
    return (
      <EmptyState
        icon={<Activity />}
        title="No runs match"
        action={<ButtonLink href="/runs">Clear filters</ButtonLink>}
      >
        No run fits these filters.
      </EmptyState>
    );
  return (
    <EmptyState icon={<Activity />} title="No runs yet" action={<ButtonLink href="/flows">Go to flows</ButtonLink>}>
      A run appears here as soon as an event starts a published flow.
    </EmptyState>
  );
}
