import { pool } from "#lib/db/pool.ts";

/** Ends one session for good; rows of sessions that would have run out by `now` are cleared away on the way. */
export async function insertRevokedSession(tokenId: string, expiresAt: Date, now: Date): Promise<void> {
  await pool().query("DELETE FROM revoked_session WHERE expires_at < $1", [now]);
  await pool().query("INSERT INTO revoked_session (token_id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
    tokenId,
    expiresAt,
  ]);
}

/** Says whether a session was signed out. */
export async function isSessionRevoked(tokenId: string): Promise<boolean> {
  const { rows } = await pool().query("SELECT 1 FROM revoked_session WHERE token_id = $1", [tokenId]);
  return rows.length > 0;
}
