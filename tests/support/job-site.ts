import { afterAll, beforeAll } from "vitest";
import { type CallTarget, startCallTarget } from "./call-target.ts";
import { type MailServer, startMailServer } from "./mail-server.ts";
import { type RunningApp, startApp } from "./running-app.ts";

/** The built app between real neighbours: an HTTP API, a mail server that wants a password, and a connection to it. */
export type JobSite = { app: RunningApp; target: CallTarget; mail: MailServer; smtp: string };

/** Starts all of it for the test file; read the members inside tests and hooks only. */
export function useJobSite(): JobSite {
  const site: Partial<JobSite> = {};
  beforeAll(async () => {
    site.target = await startCallTarget((call) => ({ status: 201, json: { id: "rec_81", echoed: call.path } }));
    site.mail = await startMailServer({ user: "hooks", password: "pass-7f3e" });
    site.app = await startApp({ owner: true });
    const connection = await site.app.api<{ id: string }>("POST", "/connections", {
      kind: "smtp",
      name: "Test mail",
      config: {
        host: "127.0.0.1",
        port: site.mail.port,
        security: "none",
        user: "hooks",
        from: "hooks@acme.dev",
        fromName: "Acme",
      },
      secrets: { password: "pass-7f3e" },
    });
    site.smtp = connection.id;
  });
  afterAll(async () => {
    await site.app?.stop();
    await site.target?.stop();
    await site.mail?.stop();
  });
  return site as JobSite;
}
