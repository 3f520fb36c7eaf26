import type { HeaderList } from "#lib/webhooks/types.ts";

/** A request before its body is read. */
export type RequestHead = {
  /** The whole address part after `/in/`. */
  readonly token: string;
  readonly method: string;
  /** Path and query as sent, beginning with "/". */
  readonly target: string;
  readonly headers: HeaderList;
  readonly clientIp: string | null;
  /** The trusted proxy the address was read through, or null. */
  readonly through: string | null;
  readonly https: boolean;
  readonly requestId: string;
  readonly receivedAt: Date;
};

/** How reading a body ended. `cut` are the first bytes of one that was too large. */
export type BodyReading =
  | { readonly kind: "whole"; readonly body: Uint8Array }
  | { readonly kind: "too-large"; readonly cut: Uint8Array; readonly bytesSeen: number }
  /** The sender went away or broke the protocol in the middle. */
  | { readonly kind: "broken" };

/** Reads the body of the request at hand, never keeping more than `bytesMax` bytes. Called at most once. */
export type ReadBody = (bytesMax: number) => Promise<BodyReading>;

/** What the sender is told. */
export type SenderAnswer = {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: string;
};

/** The path of a request target, without its query. */
export function pathOf(target: string): string {
  const mark = target.indexOf("?");
  return mark < 0 ? target : target.slice(0, mark);
}

/** The query of a request target without "?"; "" when there is none. */
export function queryOf(target: string): string {
  const mark = target.indexOf("?");
  return mark < 0 ? "" : target.slice(mark + 1);
}

/** Names and values in turn, as Node gives the headers of a message, as pairs. */
export function headerPairs(raw: readonly string[]): Array<[string, string]> {
  const pairs: Array<[string, string]> = [];
  for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([raw[index] ?? "", raw[index + 1] ?? ""]);
  return pairs;
}
