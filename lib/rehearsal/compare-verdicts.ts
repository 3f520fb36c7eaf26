import type { ListeningFlow } from "#lib/db/flow-triggers.ts";
import type { StoredHead } from "#lib/db/stored-requests.ts";
import type { DeliveryKey } from "#lib/door/delivery-key.ts";
import type { Refusal } from "#lib/door/refusals.ts";
import { type Accepted, uncertainWords, type Verdict } from "#lib/door/verdict.ts";
import { findRepeats, type SideRepeats } from "#lib/rehearsal/find-repeats.ts";
import type { ProofFlow, ProofGroup, ProofPart, ProofRequest, SettingsProof } from "#lib/views/settings-proof.ts";

/** A stored request with what the present and the changed settings make of it. */
export type Compared = {
  readonly stored: StoredHead;
  readonly present: Verdict;
  readonly changed: Verdict;
};

type Parts = Omit<SettingsProof, "stored" | "checked" | "lostPaths" | "flows" | "secret">;

const GROUPS_MAX = 20;
const REQUESTS_PER_GROUP_MAX = 20;
const NO_TYPE = "none";

/** Adds up what changes between two verdicts on each request; `compared` in the order of arrival. Pure. */
export function compareVerdicts(
  compared: readonly Compared[],
  flows: readonly ListeningFlow[],
): Parts & { flows: ProofFlow[] } {
  const tally = new Tally();
  const repeats = {
    present: findRepeats(compared.map(({ stored, present }) => ({ stored, verdict: present }))),
    changed: findRepeats(compared.map(({ stored, changed }) => ({ stored, verdict: changed }))),
  };
  for (const one of compared) compareOne(one, tally, repeats);
  return { ...tally.parts(), flows: compareFlows(compared, repeats, flows) };
}

type Repeats = { readonly present: SideRepeats; readonly changed: SideRepeats };

function compareOne({ stored, present, changed }: Compared, tally: Tally, repeats: Repeats): void {
  if (changed.kind === "uncertain") {
    const words = uncertainWords(changed.why);
    if (present.kind !== "uncertain" || uncertainWords(present.why) !== words)
      tally.add("uncertain", words, words, stored);
    return;
  }
  // What cannot be told of the present was still taken then.
  const taken =
    present.kind === "accepted" ||
    (present.kind === "uncertain" && (stored.kind === "event" || stored.verdict === "duplicate"));
  const refusal = refusalOf(changed);
  if (taken && refusal !== null) tally.add("refused", ...refusalWords(refusal, stored), stored);
  if (taken && changed.kind === "asked")
    tally.add("refused", "asked", "shows the page that asks first; nothing runs until its button is pressed", stored);
  if (changed.kind !== "accepted") return;
  if (!taken) {
    const before = refusalOf(present);
    const was = before === null ? (["", "was not taken as an event"] as const) : refusalWords(before, stored);
    tally.add("accepted", ...was, stored);
  }
  if (present.kind === "accepted") compareAccepted(stored, present, changed, tally, repeats);
  if (changed.misfit !== null && (present.kind !== "accepted" || present.misfit === null))
    tally.add("marked", changed.misfit.message, changed.misfit.message, stored);
}

function refusalOf(verdict: Verdict): Refusal | null {
  return verdict.kind === "refused" || verdict.kind === "turned-away" ? verdict.refusal : null;
}

function compareAccepted(
  stored: StoredHead,
  present: Accepted,
  changed: Accepted,
  tally: Tally,
  repeats: Repeats,
): void {
  const [before, after] = [repeats.present.requests.get(stored.id), repeats.changed.requests.get(stored.id)];
  if (before === undefined && after !== undefined)
    tally.add("merged", after.id, repeatWords(changed.delivery, after), stored);
  if (before !== undefined && after === undefined)
    tally.add("separated", before.id, repeatWords(present.delivery, before), stored);
  if (present.eventType !== changed.eventType) {
    const words = `${present.eventType ?? NO_TYPE} → ${changed.eventType ?? NO_TYPE}`;
    tally.add(changed.eventType === null ? "nameless" : "renamed", words, words, stored);
  }
  const [itemsBefore, itemsAfter] = [itemsOf(present), itemsOf(changed)];
  if (itemsBefore === null && itemsAfter !== null) tally.add("split", String(itemsAfter), countOf(itemsAfter), stored);
  const repeatedItems = repeats.changed.items.get(stored.id)?.size ?? 0;
  if (after === undefined && repeatedItems > (repeats.present.items.get(stored.id)?.size ?? 0))
    tally.add("merged", `items ${repeatedItems}`, `${countOf(repeatedItems)} came before`, stored);
  if (itemsBefore !== null && itemsAfter === null)
    tally.add("whole", String(itemsBefore), countOf(itemsBefore), stored);
}

/** What cannot be told on one side is left out of both. */
function compareFlows(compared: readonly Compared[], repeats: Repeats, flows: readonly ListeningFlow[]): ProofFlow[] {
  const told = compared.filter(({ present, changed }) => present.kind !== "uncertain" && changed.kind !== "uncertain");
  return flows.map(({ flowId, name, eventTypes }) => {
    const runsOf = (side: "present" | "changed") =>
      told.reduce((sum, { stored, [side]: verdict }) => {
        if (verdict.kind !== "accepted" || repeats[side].requests.has(stored.id)) return sum;
        return (
          sum + typesOf(verdict, repeats[side].items.get(stored.id)).filter((type) => isWanted(eventTypes, type)).length
        );
      }, 0);
    return { flowId, name, before: runsOf("present"), after: runsOf("changed") };
  });
}

function typesOf(
  { split, eventType }: Accepted,
  repeated: ReadonlySet<number> | undefined,
): ReadonlyArray<string | null> {
  if (split.kind !== "items") return [eventType];
  return split.items.filter(({ index }) => repeated?.has(index) !== true).map((item) => item.eventType);
}

/** As the database decides it: an empty list wants every type, a name wants itself and what is below it. */
function isWanted(eventTypes: readonly string[], type: string | null): boolean {
  if (eventTypes.length === 0) return true;
  return type !== null && eventTypes.some((wanted) => type === wanted || type.startsWith(`${wanted}.`));
}

function itemsOf({ split }: Accepted): number | null {
  return split.kind === "items" ? split.items.length : null;
}

function countOf(items: number): string {
  return items === 1 ? "1 item" : `${items.toLocaleString("en")} items`;
}

function repeatWords({ same }: DeliveryKey, first: StoredHead): string {
  const at = first.receivedAt.toISOString().replace("T", " ").slice(0, 19);
  return `the same ${same ?? "content"} as at ${at} UTC`;
}

/**
 * What groups refusals, and the words for the group: an address or a method by itself, everything else by its reason.
 */
function refusalWords(refusal: Refusal, stored: StoredHead): readonly [key: string, words: string] {
  switch (refusal.reason) {
    case "method-not-allowed":
      return [`method ${stored.method}`, `${stored.method} is not allowed`];
    case "address-not-allowed":
      return [`address ${stored.clientIp}`, `${stored.clientIp ?? "an unknown address"} is not on the list`];
    case "body-too-large":
      return [refusal.reason, "larger than the limit"];
    case "rate-limited":
      return [refusal.reason, "more requests per second than the limit"];
    case "https-required":
      return [refusal.reason, "came over plain HTTP"];
    case "schema-misfit":
      return [`${refusal.reason} ${refusal.message}`, refusal.message];
    default:
      return [refusal.reason, refusal.message];
  }
}

const PARTS = [
  "refused",
  "accepted",
  "merged",
  "separated",
  "renamed",
  "nameless",
  "split",
  "whole",
  "marked",
  "uncertain",
] as const;

class Tally {
  readonly #groups = new Map<keyof Parts, Map<string, ProofGroup>>(PARTS.map((part) => [part, new Map()]));

  add(part: keyof Parts, key: string, reason: string, stored: StoredHead): void {
    const groups = this.#groups.get(part);
    if (groups === undefined) return;
    const group = groups.get(key) ?? { reason, count: 0, requests: [] };
    group.count += 1;
    group.requests.push(toProofRequest(stored));
    // The newest are shown: they come last.
    if (group.requests.length > REQUESTS_PER_GROUP_MAX) group.requests.shift();
    groups.set(key, group);
  }

  parts(): Parts {
    const partOf = (part: keyof Parts): ProofPart => {
      const groups = [...(this.#groups.get(part)?.values() ?? [])].sort((a, b) => b.count - a.count);
      const count = groups.reduce((sum, group) => sum + group.count, 0);
      return {
        count,
        groups: groups.slice(0, GROUPS_MAX).map((group) => ({ ...group, requests: group.requests.toReversed() })),
      };
    };
    return Object.fromEntries(PARTS.map((part) => [part, partOf(part)])) as Parts;
  }
}

function toProofRequest({ id, receivedAt, method, eventType, clientIp }: StoredHead): ProofRequest {
  return { id, at: receivedAt.toISOString(), method, eventType, clientIp };
}
