import { z } from "zod";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { ConflictError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { rereadPublicAddress, savePublicAddress } from "#lib/db/public-address.ts";
import { publicUrl, publicUrlOrigin } from "#lib/platform/public-url.ts";
import { publicOrigin } from "#lib/platform/setting-kinds.ts";

/** The public address as a person writes it: "hooks.example.com" means https; null goes back to this machine's own. */
export const publicAddressSchema = z.strictObject({
  address: z
    .string()
    .trim()
    .min(1, "Write an address, such as https://hooks.example.com.")
    .max(300)
    .transform((text) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`))
    .pipe(publicOrigin.schema)
    .nullable(),
});

/**
 * Sets the address under which senders and people reach this instance: shown URLs, signed URLs and the host that counts
 * as ours follow it here at once and in every process within two seconds. Throws ConflictError while HOOKLINE_URL says
 * it.
 */
export async function setPublicAddress(actor: Actor, input: unknown): Promise<{ address: string }> {
  authorize(actor, "instance.edit");
  const { address } = parseInput(publicAddressSchema, input);
  if (publicUrlOrigin() === "environment")
    throw new ConflictError(
      "public-address-fixed",
      "HOOKLINE_URL sets the public address of this instance: change it there and restart.",
    );
  await inTransaction(async (db) => {
    const before = await savePublicAddress(address, db);
    await insertAuditEntry(
      actor,
      "instance.publicAddress",
      { kind: "instance", id: "public-address" },
      { before, after: address },
      db,
    );
  });
  await rereadPublicAddress();
  announce(actor.workspaceId, "endpoints");
  return { address: publicUrl() };
}
