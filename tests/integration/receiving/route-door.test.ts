import { expect, it } from "vitest";
import { prisma } from "#lib/db/prisma.ts";
import { describeDoor } from "#tests/support/door-conformance.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";
import { sendRaw } from "#tests/support/send-raw.ts";

useTestDatabase();
const bare = useRouteDoor({ rawHeads: false });
const kept = useRouteDoor({ rawHeads: true });
describeDoor("the route's handler, where the host kept no raw heads", bare);
describeDoor("the route's handler with raw heads", kept);

it("takes no raw head from a sender, who lacks the key of this process", async () => {
  const actor = await makeWorkspace();
  const [mine, other] = [await makeEndpoint(actor), await makeEndpoint(actor)];
  const claim = {
    target: other.path,
    headers: ["x-claimed", "1"],
    ip: "198.51.100.7",
    through: null,
    https: true,
    requestId: "mine",
  };
  for (const door of [bare, kept])
    for (const key of ["", "undefined ", "key "]) {
      const headers = [["x-hookline-raw-head", `${key}${JSON.stringify(claim)}`]] as const;
      expect(
        (await sendRaw(door.url, { method: "POST", target: mine.path, headers, body: Buffer.from("{}") })).status,
      ).toBe(202);
    }
  expect(await prisma().event.count({ where: { endpointId: other.id } })).toBe(0);
  const events = await prisma().event.findMany({ where: { endpointId: mine.id } });
  expect(events).toHaveLength(6);
  expect(events.map(({ clientIp }) => clientIp)).not.toContain("198.51.100.7");
});
