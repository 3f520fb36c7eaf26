"use client";
import { useEffect, useState } from "react";
import { rebaseSettings } from "#components/endpoints/rebase-settings.ts";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { EndpointView, ProviderChoice } from "#lib/views/endpoint-views.ts";

/** What the form edits. */
export type SettingsValues = { name: string; providerId: string; settings: EndpointSettings };

/** The form's values, and the saved ones they began from. */
type Draft = { base: SettingsValues; values: SettingsValues };

/**
 * An endpoint's settings while they are edited. What is typed and not saved outlives leaving the form, and others'
 * changes to the rest.
 */
export function useSettingsDraft(endpoint: EndpointView, providers: readonly ProviderChoice[]) {
  const [draft, setDraft] = useState<Draft>(() => clean(endpoint));
  const [revision, setRevision] = useState(endpoint.revision);
  /** Fields changed here and, to something else, by somebody meanwhile. */
  const [clashes, setClashes] = useState<readonly string[]>([]);
  /** Counts how often fields that hold a text of their own must begin again. */
  const [round, setRound] = useState(0);
  const [kept, setKept] = useState(false);
  const take = (next: Draft) => {
    setDraft(next);
    if (!isSame(next.values, draft.values)) setRound((now) => now + 1);
  };
  // Somebody saved something, here or elsewhere, such as a secret: what is typed and not saved stays.
  if (revision !== endpoint.revision) {
    const saved = valuesOf(endpoint);
    setRevision(endpoint.revision);
    setClashes(findClashes(draft, saved));
    take(rebase(draft, saved));
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once, after the page woke up as the server drew it
  useEffect(() => {
    const found = readKept(endpoint.id);
    if (found === null || !isChanged(found)) return;
    const saved = valuesOf(endpoint);
    setClashes(findClashes(found, saved));
    take(rebase(found, saved));
    setKept(true);
  }, []);
  const changed = isChanged(draft);
  useEffect(() => {
    keep(endpoint.id, changed ? draft : null);
  }, [endpoint.id, changed, draft]);

  const set = (patch: Partial<SettingsValues>) => setDraft((now) => ({ ...now, values: { ...now.values, ...patch } }));
  return {
    ...draft.values,
    provider: providers.find(({ id }) => id === draft.values.providerId) ?? endpoint.provider,
    isChanged: changed,
    /** The settings or the sender are not as saved; a new name alone concerns no request. */
    concernsRequests: isChanged({
      base: { ...draft.base, name: "" },
      values: { ...draft.values, name: "" },
    }),
    clashes: changed ? clashes : [],
    isFromBefore: kept && changed,
    round,
    setName: (name: string) => set({ name }),
    setProvider: (provider: ProviderChoice) => set({ providerId: provider.id }),
    change: (patch: Partial<EndpointSettings>) =>
      setDraft((now) => ({ ...now, values: { ...now.values, settings: { ...now.values.settings, ...patch } } })),
    discard: () => {
      setClashes([]);
      setKept(false);
      take(clean(endpoint));
    },
    /** What stands in the form is what is saved now. */
    settle: () => {
      setClashes([]);
      setKept(false);
      setDraft((now) => ({ ...now, base: now.values }));
    },
  };
}

function valuesOf({ name, provider, settings }: EndpointView): SettingsValues {
  return { name, providerId: provider.id, settings };
}

function clean(endpoint: EndpointView): Draft {
  return { base: valuesOf(endpoint), values: valuesOf(endpoint) };
}

function isChanged({ base, values }: Draft): boolean {
  return !isSame(base, values);
}

function rebase({ base, values }: Draft, saved: SettingsValues): Draft {
  return {
    base: saved,
    values: {
      name: values.name === base.name ? saved.name : values.name,
      providerId: values.providerId === base.providerId ? saved.providerId : values.providerId,
      settings: rebaseSettings(values.settings, base.settings, saved.settings),
    },
  };
}

function findClashes({ base, values }: Draft, saved: SettingsValues): string[] {
  const flat = ({ settings, ...rest }: SettingsValues): Record<string, unknown> => ({ ...rest, ...settings });
  const [from, mine, theirs] = [flat(base), flat(values), flat(saved)];
  return Object.keys(theirs).filter(
    (field) =>
      !isSame(mine[field], from[field]) && !isSame(theirs[field], from[field]) && !isSame(mine[field], theirs[field]),
  );
}

/** By their JSON, except that NaN, which a field holds that is no number, is not an empty one. */
function isSame(a: unknown, b: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(value, (_key, part: unknown) => (Number.isNaN(part) ? "not a number" : part));
  return text(a) === text(b);
}

const keyOf = (endpointId: string): string => `hookline.settings.${endpointId}`;

/** In this tab of the browser only; a browser that keeps nothing loses only this comfort. */
function keep(endpointId: string, draft: Draft | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(keyOf(endpointId));
    else sessionStorage.setItem(keyOf(endpointId), JSON.stringify(draft));
  } catch {
    return;
  }
}

function readKept(endpointId: string): Draft | null {
  try {
    const text = sessionStorage.getItem(keyOf(endpointId));
    return text === null ? null : (JSON.parse(text) as Draft);
  } catch {
    return null;
  }
}
