import { isInRanges, parseAddressRange } from "#lib/core/address-range.ts";
import { canonicalAddress } from "#lib/door/client-address.ts";

/** What an address list does with an address. */
export type AddressVerdict =
  /** Nobody vouches for an address: the text is none, or no server of ours stands in front. */
  | { readonly kind: "no-address"; readonly text: string }
  | {
      readonly kind: "judged";
      readonly address: string;
      /** The trusted proxy it was read through, or null. */
      readonly through: string | null;
      readonly admitted: boolean;
      /** The first line it is on; null when it is on none, also where an empty list lets everybody in. */
      readonly line: string | null;
      readonly listIsEmpty: boolean;
      /** Lines that are not addresses or ranges and let nobody in. */
      readonly badLines: readonly string[];
    };

const LINES_MAX = 1_000;

/** Judges an address by the lines of a list, as the door would; `through` is the proxy it was read through. */
export function judgeAddress(text: string, through: string | null, lines: readonly string[]): AddressVerdict {
  const address = canonicalAddress(text.trim());
  if (address === null) return { kind: "no-address", text: text.trim().slice(0, 100) };
  const looked = lines.slice(0, LINES_MAX).map((line) => ({ line, range: parseAddressRange(line) }));
  const found = looked.find(({ range }) => range !== null && isInRanges(address, [range]));
  const listIsEmpty = lines.length === 0;
  return {
    kind: "judged",
    address,
    through,
    admitted: listIsEmpty || found !== undefined,
    line: found?.line ?? null,
    listIsEmpty,
    badLines: looked.filter(({ range }) => range === null).map(({ line }) => line.slice(0, 100)),
  };
}
