import { checkCredentials } from "#lib/auth/check-credentials.ts";
import { pool } from "#lib/db/pool.ts";
import { prisma } from "#lib/db/prisma.ts";

/** One sign-in to try: e-mail, password and the address it comes from. */
export type Guess = readonly [email: string, password: string, clientIp: string];

// A web process of its own: told guesses, it makes them all at once and sends back what each ended in.
process.on("message", (guesses: Guess[]) => {
  void Promise.all(guesses.map((guess) => checkCredentials(...guess))).then((outcomes) =>
    process.send?.(outcomes.map((outcome) => (outcome.kind === "ok" ? "ok" : outcome.reason))),
  );
});
process.on("disconnect", () => void Promise.all([pool().end(), prisma().$disconnect()]));
process.send?.("ready");
