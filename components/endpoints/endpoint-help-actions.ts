import type { ActionResult } from "#lib/core/action-result.ts";
import type { ReachReport } from "#lib/views/reach-views.ts";

/** What a list does with an address, as the server judged it. */
export type AddressVerdict =
  | { kind: "no-address"; text: string }
  | {
      kind: "judged";
      address: string;
      through: string | null;
      admitted: boolean;
      line: string | null;
      listIsEmpty: boolean;
      badLines: readonly string[];
    };

/** What the endpoint's page can ask the server about addresses and reachability. */
export type HelpActions = {
  /** Judges an address by the lines of a list; null asks for the visitor's own. */
  testAddress(input: { address: string | null; lines: string[] }): Promise<ActionResult<AddressVerdict>>;
  setPublicAddress(address: string | null): Promise<ActionResult<{ address: string }>>;
  testPublicAddress(): Promise<ActionResult<ReachReport>>;
};
