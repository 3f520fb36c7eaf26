import { expect, test } from "vitest";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { allowAddress } from "#lib/commands/instance/allow-address.ts";
import { diagnoseMail } from "#lib/commands/instance/diagnose-mail.ts";
import { withClient } from "#lib/db/with-client.ts";
import { startMailServer } from "#tests/support/mail-server.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeWorkspace } from "#tests/support/receiving.ts";

const database = useTestDatabase();
const look = () => withClient(database.url, (client) => diagnoseMail(client, "localhost"));

test("the doctor signs in to every mail server, sends nothing, and says which one does not let it in", async () => {
  expect(await look()).toEqual([{ level: "note", text: expect.stringContaining("no SMTP connection yet") }]);
  const server = await startMailServer({ user: "ada", password: "right" });
  const [acme, other] = [await makeWorkspace("Acme"), await makeWorkspace("Other")];
  const smtp = (name: string, password: string) => ({
    name,
    kind: "smtp",
    config: { host: "127.0.0.1", port: server.port, security: "none", user: "ada", from: "ada@example.com" },
    secrets: { password },
  });
  for (const owner of [acme, other]) await allowAddress(owner, { address: "127.0.0.1", port: server.port });
  await createConnection(acme, smtp("Good mail", "right"));
  await createConnection(other, smtp("Wrong mail", "a-wrong-password"));
  try {
    const findings = await look();
    expect(findings).toHaveLength(2);
    expect(findings[0]).toMatchObject({
      level: "ok",
      text: expect.stringContaining(`"Good mail": 127.0.0.1:${server.port} answered`),
    });
    expect(findings[1]).toMatchObject({ level: "fail", text: expect.stringContaining('"Wrong mail"') });
    expect(JSON.stringify(findings)).not.toContain("a-wrong-password");
    expect(server.mails).toEqual([]);
  } finally {
    await server.stop();
  }
});
