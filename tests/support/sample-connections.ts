import { onTestFinished } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import type { Role } from "#lib/core/roles.ts";
import { type MailServer, startMailServer } from "./mail-server.ts";

/** A user with this role, by default in a workspace of their own. */
export function actorAs(role: Role = "admin", workspaceId = newId() as WorkspaceId): Actor {
  return { kind: "user", id: newId(), workspaceId, role };
}

/** What a person enters for a bearer token. */
export const bearer = {
  name: "CRM",
  kind: "http.bearer",
  config: { hosts: ["*"] },
  secrets: { token: "sk_live_very-secret-token" },
};

/** What a person enters for a mail server. */
export const smtp = {
  name: "Mail",
  kind: "smtp",
  config: { host: "127.0.0.1", port: 2525, security: "none", user: "ada", from: "hooks@acme.dev" },
  secrets: { password: "corr3ct-horse" },
};

/** A mail server that takes the login of `smtp`, until the test has finished. */
export async function startSmtp(): Promise<MailServer> {
  const server = await startMailServer({ user: smtp.config.user, password: smtp.secrets.password });
  onTestFinished(() => server.stop());
  return server;
}
