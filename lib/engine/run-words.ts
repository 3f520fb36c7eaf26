/** What a run is called in lists: its own name, else its event type and the end of its id. */
export function runTitle(run: { id: string; name: string | null; eventType: string | null }): string {
  return run.name ?? `${run.eventType ?? "Run"} · ${shortId(run.id)}`;
}

/** The end of an id, enough to tell runs of a page apart. */
export function shortId(id: string): string {
  return id.slice(-8);
}

const EFFECT_WORDS: Readonly<Record<string, [one: string, many: string]>> = {
  http: ["call", "calls"],
  email: ["mail", "mails"],
  answer: ["answer", "answers"],
};

/** What a run did to the world, in words: "2 calls, 1 mail"; empty when nothing. */
export function effectWords(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([kind, count]) => kind !== "value" && count > 0)
    .map(([kind, count]) => {
      const [one, many] = EFFECT_WORDS[kind] ?? [kind, kind];
      return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
    })
    .join(", ");
}
