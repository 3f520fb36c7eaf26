import { MIB } from "#lib/core/units.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/** A request before its body is read. */
export type RequestHead = {
  readonly token: string;
  /** What stands after the token in the path, which leads nowhere; "" where nothing does. */
  readonly appended: string;
  readonly method: string;
  /** Path and query as sent, beginning with "/"; of an absolute-form target without scheme and host. */
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
  /** There was no room for it; nothing beyond its first MiB was read. */
  | { readonly kind: "no-room"; readonly bytesSeen: number }
  /** The sender went away, broke the protocol in the middle or was too slow; `cut` are the first bytes that came. */
  | { readonly kind: "broken"; readonly cut: Uint8Array; readonly bytesSeen: number; readonly tooSlow: boolean }
  /** More came than the sender announced: `cut` is what it announced, which cannot be all it meant to send. */
  | { readonly kind: "overrun"; readonly cut: Uint8Array; readonly bytesSeen: number };

/** Bodies up to this are read without asking anybody. */
export const UNASKED_BYTES_MAX = MIB;

/** Asked once for each body before more than 1 MiB of it is kept, with its length or what it may be at most. */
export type AskRoom = (bytes: number) => Promise<boolean>;

/** Reads the body of the request at hand, never keeping more than `bytesMax` bytes. Called at most once. */
export type ReadBody = (bytesMax: number, askRoom: AskRoom) => Promise<BodyReading>;

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
