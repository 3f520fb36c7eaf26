import { countUsers } from "#lib/db/users.ts";

/** Says whether the instance has an account; until then the set-up page is its only page. */
export async function isSetUp(): Promise<boolean> {
  return (await countUsers()) > 0;
}
