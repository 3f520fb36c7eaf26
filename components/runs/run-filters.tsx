"use client";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { ChevronDown } from "#components/icons.ts";
import { isTyping } from "#components/shell/shortcuts.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { RUN_STATES, type RunState } from "#lib/core/states.ts";
import { isNarrowed, type RunSearch, type RunWindow, writeRunSearch } from "#lib/engine/run-search.ts";

type RunFiltersProps = {
  search: RunSearch;
  flows: readonly { id: string; name: string }[];
  endpoints: readonly { id: string; name: string }[];
  eventTypes: readonly string[];
};

const ANY = "any";
const WINDOWS: readonly { value: RunWindow | typeof ANY; label: string }[] = [
  { value: ANY, label: "Any time" },
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
];
const TYPING_PAUSE_MS = 250;

/** The filter bar of the runs: everything it says is in the URL. */
export function RunFilters({ search, flows, endpoints, eventTypes }: RunFiltersProps) {
  const router = useRouter();
  const pathname = usePathname();
  const [text, setText] = useState(search.text);
  const box = useRef<HTMLDivElement>(null);
  const go = (change: Partial<RunSearch>) => {
    const query = writeRunSearch({ ...search, ...change });
    router.replace(query.size === 0 ? pathname : `${pathname}?${query}`, { scroll: false });
  };
  const latest = useRef(go);
  useEffect(() => {
    latest.current = go;
  });
  useEffect(() => {
    // Back and a followed link change the URL; what is being typed stays.
    if (!box.current?.contains(document.activeElement)) setText(search.text);
  }, [search.text]);
  useEffect(() => {
    if (text === search.text) return;
    const timer = setTimeout(() => latest.current({ text }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, search.text]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "/" || isTyping(event.target)) return;
      event.preventDefault();
      box.current?.querySelector("input")?.focus();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  const choose = (value: string) => (value === ANY ? null : value);
  const named = (all: string, list: readonly { id: string; name: string }[]) => [
    { value: ANY, label: all },
    ...list.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <search aria-label="Filter runs" className="mb-3 flex flex-wrap items-center gap-2">
      <div ref={box} className="w-64">
        <SearchInput label="Search name, type or id" value={text} onValueChange={setText} />
      </div>
      <StateFilter chosen={search.statuses} onChange={(statuses) => go({ statuses })} />
      <Select
        compact
        label="Flow"
        className="w-44"
        options={named("Every flow", flows)}
        value={search.flowId ?? ANY}
        onValueChange={(value) => go({ flowId: choose(value) })}
      />
      <Select
        compact
        label="Endpoint"
        className="w-44"
        options={named("Every endpoint", endpoints)}
        value={search.endpointId ?? ANY}
        onValueChange={(value) => go({ endpointId: choose(value) })}
      />
      <Select
        compact
        label="Event type"
        className="w-44"
        options={named(
          "Every event type",
          [...new Set([...eventTypes, ...(search.eventType === null ? [] : [search.eventType])])].map((type) => ({
            id: type,
            name: type,
          })),
        )}
        value={search.eventType ?? ANY}
        onValueChange={(value) => go({ eventType: choose(value) })}
      />
      <Select
        compact
        label="Time"
        className="w-36"
        options={WINDOWS}
        value={search.window ?? ANY}
        onValueChange={(value) => go({ window: choose(value) as RunWindow | null })}
      />
      <Checkbox
        label="Tests"
        className="items-center text-13"
        checked={search.tests}
        onCheckedChange={(tests) => go({ tests })}
      />
      {search.eventId === null ? null : <Badge>one event</Badge>}
      {search.replayOf === null ? null : <Badge>replays of one run</Badge>}
      {search.refusedBy === null ? null : <Badge>refused by one act</Badge>}
      {isNarrowed(search) ? (
        <ButtonLink size="compact" variant="quiet" href={pathname} onClick={() => setText("")}>
          Clear filters
        </ButtonLink>
      ) : null}
    </search>
  );
}

function StateFilter({ chosen, onChange }: { chosen: readonly RunState[]; onChange: (states: RunState[]) => void }) {
  const states = Object.entries(RUN_STATES) as [RunState, (typeof RUN_STATES)[RunState]][];
  const label = chosen.length === 0 ? "Every state" : chosen.map((state) => RUN_STATES[state].label).join(", ");
  return (
    <Popover
      trigger={
        <Button size="compact" className="max-w-56 font-normal">
          <span className="truncate">{label}</span>
          <ChevronDown aria-hidden className="text-ink-3" />
        </Button>
      }
      title="States"
    >
      <div className="flex min-w-44 flex-col gap-1">
        {states.map(([state, look]) => (
          <Checkbox
            key={state}
            label={look.label}
            checked={chosen.includes(state)}
            onCheckedChange={(on) => onChange(on ? [...chosen, state] : chosen.filter((one) => one !== state))}
          />
        ))}
      </div>
    </Popover>
  );
}
