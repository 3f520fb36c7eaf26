import { resetPassword } from "#lib/commands/instance/reset-password.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { withDatabase } from "#scripts/supervise/with-database.ts";
import { type Command, UsageError } from "../command.ts";

/** `hookline reset-password <e-mail>`: a new random password for an account. */
export const command: Command = {
  summary: "Give an account a new random password and print it; all its sessions end.",
  usage: "reset-password <e-mail>",
  details: "For whoever can run commands on the server. The new password is the only thing on standard output.",
  examples: ["npx hookline reset-password owner@example.com"],
  async run([email, ...rest]) {
    if (email === undefined || rest.length > 0) throw new UsageError("Name one e-mail address.");
    const password = await withDatabase(() => resetPassword(email)).catch((error: unknown) => {
      if (error instanceof NotFoundError) throw new Error(`there is no account with the address ${email}`);
      throw error;
    });
    process.stderr.write(`New password of ${email}; every session of this account has ended:\n`);
    process.stdout.write(`${password}\n`);
    return 0;
  },
};
