import { singleton } from "#lib/platform/singleton.ts";

/** Closes one open event stream towards a browser. */
export type CloseStream = () => void;

/** Remembers an open event stream so that a stopping server can end it; returns the function that forgets it again. */
export function registerLiveStream(close: CloseStream): () => void {
  const open = streams();
  open.add(close);
  return () => {
    open.delete(close);
  };
}

/** Ends every open event stream; browsers connect again, to the next process. */
export function closeLiveStreams(): void {
  for (const close of [...streams()]) close();
}

function streams(): Set<CloseStream> {
  return singleton("live-streams", () => new Set<CloseStream>());
}
