import { hash, verify } from "@node-rs/argon2";

/** Passwords are 12 to 1,024 characters; nothing else is asked of them. */
export const PASSWORD_CHARS_MIN = 12;
/** The longest password taken: argon2 reads it all, so it is bounded. */
export const PASSWORD_CHARS_MAX = 1_024;

// OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane. About 60 ms here. argon2id is the library's default.
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The argon2id hash of a password in PHC form. The text is compared in NFKC, so that keyboards do not matter. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFKC"), PARAMETERS);
}

/**
 * Says whether a password belongs to a hash. With null (no such account, or one without a password) it does the same
 * work and says no, so that the answer's time tells nothing about which accounts exist.
 */
export async function verifyPassword(password: string, passwordHash: string | null): Promise<boolean> {
  if (password.length > PASSWORD_CHARS_MAX) return false;
  const matches = await verify(passwordHash ?? (await decoyHash()), password.normalize("NFKC")).catch(() => false);
  return matches && passwordHash !== null;
}

let decoy: Promise<string> | undefined;

function decoyHash(): Promise<string> {
  decoy ??= hash(crypto.randomUUID(), PARAMETERS);
  return decoy;
}
