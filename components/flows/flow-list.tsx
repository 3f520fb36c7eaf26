"use client";
import { useMemo, useState } from "react";
import { CatchUpProgress } from "#components/flows/catch-up-progress.tsx";
import { FlowSwitch } from "#components/flows/flow-switch.tsx";
import type { SwitchActs } from "#components/flows/missed-acts.ts";
import { type NewFlow, NewFlowDialog } from "#components/flows/new-flow-dialog.tsx";
import { CopyPlus, EllipsisVertical, Plus, Trash2, Workflow } from "#components/icons.ts";
import { LiveRefresh } from "#components/live/live-refresh.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { Cell, HeadCell, Row, RowLink, Table, TableHead } from "#components/ui/table.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ActionResult } from "#lib/core/action-result.ts";
import { FLOW_STATES } from "#lib/core/states.ts";
import type { FlowListItem } from "#lib/views/flow-views.ts";

/** What the list can ask the server for. */
export type FlowListActs = {
  create: (from: NewFlow) => Promise<ActionResult<{ id: string }>>;
  duplicate: (id: string) => Promise<ActionResult<{ id: string }>>;
  remove: (id: string) => Promise<ActionResult>;
  restore: (id: string) => Promise<ActionResult>;
  switching: SwitchActs;
};

type FlowListProps = {
  flows: FlowListItem[];
  deleted: { id: string; name: string; at: string }[];
  lastEvent: { id: string; eventType: string | null; endpointName: string } | null;
  endpoints: { id: string; name: string }[];
  mayEdit: boolean;
  maySwitch: { turnOn: boolean; turnOff: boolean; cancel: boolean };
  openNew: boolean;
  endpointId: string | null;
  acts: FlowListActs;
  onOpen: (id: string, eventId?: string) => void;
  onChanged: () => void;
};

/**
 * Every flow with what starts it, its state and its last 24 hours; search, create, duplicate, turn on and off, delete
 * with a way back.
 */
export function FlowList({
  flows,
  deleted,
  lastEvent,
  endpoints,
  mayEdit,
  maySwitch,
  openNew,
  endpointId,
  acts,
  onOpen,
  onChanged,
}: FlowListProps) {
  const [search, setSearch] = useState("");
  const [creating, setCreating] = useState(openNew);
  const shown = useMemo(
    () =>
      flows.filter((flow) =>
        [flow.name, flow.startsBy ?? flow.endpointName, ...flow.eventTypes, FLOW_STATES[flow.state].label]
          .join(" ")
          .toLowerCase()
          .includes(search.trim().toLowerCase()),
      ),
    [flows, search],
  );
  const { pending, run } = useAction("toast");
  const startFrom = async (eventId: string) => {
    const made = await run(() => acts.create({ eventId }));
    if (made.kind === "ok") onOpen(made.value.id, eventId);
  };
  const remove = async (flow: FlowListItem) => {
    if ((await run(() => acts.remove(flow.id))).kind === "refused") return;
    onChanged();
    showToast(`Deleted "${flow.name}"`, { action: { label: "Undo", onSelect: () => void restore(flow.id) } });
  };
  const restore = async (id: string) => {
    if ((await run(() => acts.restore(id))).kind === "ok") onChanged();
  };
  const duplicate = async (id: string) => {
    const made = await run(() => acts.duplicate(id));
    if (made.kind === "ok") onOpen(made.value.id);
  };
  const newButton = mayEdit ? (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setCreating(true)}>
      New flow
    </Button>
  ) : null;
  return (
    <Page>
      <LiveRefresh topics={["flows"]} />
      <PageHeader
        title="Flows"
        count={flows.length > 0 ? flows.length : undefined}
        actions={flows.length > 0 ? newButton : null}
      />
      {flows.length === 0 ? (
        <div className="rounded-card border border-line bg-surface">
          <EmptyState
            icon={<Workflow />}
            title="No flows yet"
            action={
              mayEdit && lastEvent ? (
                <Button variant="primary" pending={pending} onClick={() => void startFrom(lastEvent.id)}>
                  Start from your last event
                </Button>
              ) : (
                newButton
              )
            }
            link={
              mayEdit && lastEvent ? (
                <Button variant="quiet" onClick={() => setCreating(true)}>
                  Start empty
                </Button>
              ) : null
            }
          >
            A flow says what should happen when an event arrives.
            {lastEvent ? ` The last one was ${lastEvent.eventType ?? "an event"} at ${lastEvent.endpointName}.` : ""}
          </EmptyState>
        </div>
      ) : (
        <>
          <div className="mb-3 max-w-80">
            <SearchInput label="Search flows" value={search} onValueChange={setSearch} />
          </div>
          {shown.length === 0 ? (
            <div className="rounded-card border border-line bg-surface">
              <EmptyState
                icon={<Workflow />}
                title="No flows match"
                action={<Button onClick={() => setSearch("")}>Clear the search</Button>}
              >
                {flows.length} {flows.length === 1 ? "flow" : "flows"}, none of them with “{search}”.
              </EmptyState>
            </div>
          ) : (
            <Table label="Flows">
              <TableHead>
                <HeadCell>Name</HeadCell>
                <HeadCell>On</HeadCell>
                <HeadCell>State</HeadCell>
                <HeadCell>Trigger</HeadCell>
                <HeadCell end>Runs, 24 h</HeadCell>
                <HeadCell end>Failed</HeadCell>
                <HeadCell end>Last run</HeadCell>
                <HeadCell aria-label="Acts" />
              </TableHead>
              <tbody>
                {shown.map((flow) => (
                  <Row key={flow.id}>
                    <Cell className="max-w-80">
                      <RowLink href={`/flows/${flow.id}`} className="block truncate">
                        {flow.name}
                      </RowLink>
                    </Cell>
                    <Cell className="relative z-1">
                      {flow.version === null ? (
                        <span className="text-13 text-ink-3">not published</span>
                      ) : (
                        <FlowSwitch flow={flow} may={maySwitch} acts={acts.switching} onChanged={onChanged} />
                      )}
                    </Cell>
                    <Cell>
                      <StateBadge
                        of="flow"
                        state={flow.state}
                        extra={flow.version === null || flow.state === "off" ? undefined : `v${flow.version}`}
                      />
                      {flow.offSince === null ? null : (
                        <span className="ml-2 inline-block whitespace-nowrap text-12 text-ink-3 max-md:ml-0">
                          since <RelativeTime at={flow.offSince} />
                        </span>
                      )}
                      <CatchUpProgress
                        flowId={flow.id}
                        catchUp={flow.catchUp}
                        cancel={maySwitch.cancel ? acts.switching.cancelCatchUp : null}
                        onChanged={onChanged}
                        className="relative z-1 mt-1 max-w-56"
                      />
                    </Cell>
                    <Cell className="max-w-72">
                      <span className="block truncate text-ink-2">
                        {flow.startsBy ??
                          `${flow.endpointName ?? "no endpoint"} · ${flow.eventTypes.join(", ") || "every event"}`}
                      </span>
                    </Cell>
                    <Cell end>{flow.runs.toLocaleString("en")}</Cell>
                    <Cell end className={flow.failures > 0 ? "font-medium text-bad-text" : undefined}>
                      {`${flow.failures.toLocaleString("en")}${flow.moreFailures && flow.failures > 0 ? "+" : ""}`}
                    </Cell>
                    <Cell end>
                      {flow.lastRun ? (
                        <span className="inline-flex items-center gap-2">
                          <StateBadge of="run" state={flow.lastRun.status} quiet />
                          <RelativeTime at={flow.lastRun.at} />
                        </span>
                      ) : (
                        <span className="text-ink-3">never</span>
                      )}
                    </Cell>
                    <Cell className="relative z-1 w-10 px-1">
                      {mayEdit ? (
                        <Menu
                          label={`Actions for ${flow.name}`}
                          trigger={
                            <Button variant="quiet" size="compact" className="w-[var(--h-compact)] px-0">
                              <EllipsisVertical aria-hidden />
                            </Button>
                          }
                          items={[
                            {
                              label: "Duplicate",
                              icon: <CopyPlus aria-hidden />,
                              onSelect: () => void duplicate(flow.id),
                            },
                            { label: "Delete flow", icon: <Trash2 aria-hidden />, onSelect: () => void remove(flow) },
                          ]}
                        />
                      ) : null}
                    </Cell>
                  </Row>
                ))}
              </tbody>
            </Table>
          )}
        </>
      )}
      {deleted.length > 0 ? (
        <details className="mt-6 text-13">
          <summary className="w-fit text-ink-2">Recently deleted ({deleted.length})</summary>
          <ul className="mt-2 flex max-w-form flex-col rounded-card border border-line bg-surface">
            {deleted.map((flow) => (
              <li
                key={flow.id}
                className="flex h-[var(--h-row)] items-center gap-3 border-b border-line px-3 last:border-b-0"
              >
                <span className="min-w-0 flex-1 truncate">{flow.name}</span>
                <RelativeTime at={flow.at} className="text-ink-3" />
                <Button size="compact" disabled={pending} onClick={() => void restore(flow.id)}>
                  Bring back
                </Button>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <NewFlowDialog
        open={creating}
        onOpenChange={setCreating}
        endpoints={endpoints}
        endpointId={endpointId}
        lastEvent={lastEvent}
        create={acts.create}
        onMade={onOpen}
      />
    </Page>
  );
}
