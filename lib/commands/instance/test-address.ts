import { z } from "zod";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { type AddressVerdict, judgeAddress } from "#lib/door/judge-address.ts";

/** An address (null: the visitor's own) and the lines of a list as they stand in the form. */
export const testAddressSchema = z.strictObject({
  address: z.string().max(200).nullable(),
  lines: z.array(z.string().max(200)).max(1_000),
});

/**
 * Says what a list would do with an address; `visitor` is the person's own as the server saw it. Reads nothing stored.
 */
export function testAddress(
  actor: Actor,
  input: unknown,
  visitor: { ip: string; through: string | null },
): AddressVerdict {
  authorize(actor, "workspace.read");
  const { address, lines } = parseInput(testAddressSchema, input);
  return address === null ? judgeAddress(visitor.ip, visitor.through, lines) : judgeAddress(address, null, lines);
}
