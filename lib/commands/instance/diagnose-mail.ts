import { findOpenConnection } from "#lib/db/connections.ts";
import { listMailConnections } from "#lib/db/diagnosis.ts";
import type { SqlClient } from "#lib/db/with-client.ts";
import { tryConnection } from "#lib/effects/try-connection.ts";
import { findEgressRules } from "#lib/running/effect-ports.ts";

/** What signing in to a mail server came to, in plain words. */
export type MailFinding = { readonly level: "ok" | "note" | "fail"; readonly text: string };

/** Servers that are tried; a longer list would keep the person waiting. */
const TRIED_MAX = 20;

/** Signs in to the mail servers of all workspaces, sending nothing; for whoever runs the instance. */
export async function diagnoseMail(client: SqlClient, publicHost: string): Promise<MailFinding[]> {
  const connections = await listMailConnections(client);
  if (connections.length === 0) return [{ level: "note", text: "no SMTP connection yet: mail is kept in the Outbox" }];
  const tried = await Promise.all(connections.slice(0, TRIED_MAX).map((connection) => tryOne(connection, publicHost)));
  const left = connections.length - tried.length;
  return left === 0 ? tried : [...tried, { level: "note", text: `${left} more connections were not tried` }];
}

async function tryOne(
  { id, workspaceId, name }: Awaited<ReturnType<typeof listMailConnections>>[number],
  publicHost: string,
): Promise<MailFinding> {
  try {
    const connection = await findOpenConnection(workspaceId, id);
    if (connection === null) return { level: "note", text: `"${name}" was deleted just now` };
    const { ok, message } = await tryConnection(connection, {
      url: "",
      rules: await findEgressRules(workspaceId),
      publicHost,
    });
    return { level: ok ? "ok" : "fail", text: `"${name}": ${message}` };
  } catch {
    return { level: "fail", text: `"${name}": its password cannot be decrypted with this secret key` };
  }
}
