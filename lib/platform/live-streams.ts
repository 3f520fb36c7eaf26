import { singleton } from "./singleton.ts";

/** Closes one open event stream towards a browser. */
export type CloseStream = () => void;

/** Open event streams one person may have in this process: a browser needs one for all its tabs. */
export const STREAMS_PER_PERSON_MAX = 20;

/** Whether a person may open one more event stream in this process. */
export function mayOpenStream(person: string): boolean {
  return (streams().get(person)?.size ?? 0) < STREAMS_PER_PERSON_MAX;
}

/** Remembers a person's open event stream so that a stopping server can end it; returns what forgets it again. */
export function registerLiveStream(person: string, close: CloseStream): () => void {
  const all = streams();
  const own = all.get(person) ?? new Set();
  all.set(person, own.add(close));
  return () => {
    own.delete(close);
    if (own.size === 0 && all.get(person) === own) all.delete(person);
  };
}

/** Ends every open event stream; browsers connect again, to the next process. */
export function closeLiveStreams(): void {
  for (const own of [...streams().values()]) for (const close of [...own]) close();
}

function streams(): Map<string, Set<CloseStream>> {
  return singleton("live-streams", () => new Map<string, Set<CloseStream>>());
}
