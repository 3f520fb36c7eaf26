import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endpointUrl } from "#lib/commands/endpoints/endpoint-url.ts";
import { setPublicAddress } from "#lib/commands/instance/set-public-address.ts";
import { testPublicAddress } from "#lib/commands/instance/test-public-address.ts";
import { ForbiddenError } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError } from "#lib/core/errors.ts";
import { listAuditEntries } from "#lib/db/audit-entries.ts";
import { prisma } from "#lib/db/prisma.ts";
import { followPublicAddress } from "#lib/db/public-address.ts";
import { probePublicAddress } from "#lib/effects/probe-public-address.ts";
import { publicUrl, publicUrlOrigin } from "#lib/platform/public-url.ts";
import type { ReachStep } from "#lib/views/reach-views.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

process.env.HOOKLINE_EGRESS_ALLOW = "127.0.0.1";
useTestDatabase();
const door = useFastDoor();
const OPEN = { allow: ["127.0.0.1"], permissions: [], locked: false };
const servers: Server[] = [];
const TLS = {
  key: readFileSync("tests/fixtures/tls/self-signed.key.pem"),
  cert: readFileSync("tests/fixtures/tls/self-signed.cert.pem"),
};

beforeEach(async () => {
  await setPublicAddress(await makeWorkspace(), { address: null });
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
const serve = async (answer: RequestListener) => `http://127.0.0.1:${await listen(createServer(answer))}`;
const probe = (address: string, options: Partial<Parameters<typeof probePublicAddress>[1]> = {}) =>
  probePublicAddress(address, { rules: OPEN, now: new Date(), ...options });
const statuses = (steps: readonly ReachStep[]) => Object.fromEntries(steps.map(({ id, status }) => [id, status]));

test("a saved address is what senders are given, is audited, and goes away again", async () => {
  const owner = await makeWorkspace();
  expect(publicUrlOrigin()).toBe("default");
  expect(await setPublicAddress(owner, { address: " hooks.example.com " })).toEqual({
    address: "https://hooks.example.com",
  });
  expect([endpointUrl("tok"), publicUrlOrigin()]).toEqual(["https://hooks.example.com/in/tok", "saved"]);
  await setPublicAddress(owner, { address: null });
  expect(endpointUrl("tok")).toMatch(/^http:\/\/localhost:/);
  const entries = await listAuditEntries(owner.workspaceId, { limit: 10 });
  expect(entries.map(({ action, detail }) => [action, detail])).toEqual([
    ["instance.publicAddress", { before: "https://hooks.example.com", after: null }],
    ["instance.publicAddress", { before: null, after: "https://hooks.example.com" }],
  ]);
});

test("only admins and owners set it, and only an http address without a path", async () => {
  const owner = await makeWorkspace();
  await expect(setPublicAddress({ ...owner, role: "editor" }, { address: "https://a.example" })).rejects.toThrow(
    ForbiddenError,
  );
  await setPublicAddress({ ...owner, role: "admin" }, { address: "https://a.example" });
  for (const address of [
    "",
    "ftp://a.example",
    "https://a.example/in/x",
    "https://user:pw@a.example",
    "https://",
    "a b",
    "javascript:alert(1)",
    7,
  ])
    await expect(setPublicAddress(owner, { address }), String(address)).rejects.toThrow(InvalidInputError);
  expect(publicUrl()).toBe("https://a.example");
});

test("HOOKLINE_URL wins, and says so", async () => {
  const owner = await makeWorkspace();
  await setPublicAddress(owner, { address: "https://saved.example" });
  const store = globalThis as { [key: symbol]: unknown };
  const before = store[Symbol.for("hookline.env")];
  store[Symbol.for("hookline.env")] = { ...(before as object), publicUrl: "https://set.example", publicUrlIsSet: true };
  try {
    expect([publicUrl(), publicUrlOrigin()]).toEqual(["https://set.example", "environment"]);
    await expect(setPublicAddress(owner, { address: "https://other.example" })).rejects.toThrow(ConflictError);
  } finally {
    store[Symbol.for("hookline.env")] = before;
  }
});

test("a process that did not save it follows within seconds", async () => {
  await prisma().instanceSetting.create({ data: { key: "public-address", value: "https://elsewhere.example" } });
  const startedMs = performance.now();
  await expect
    .poll(async () => (await followPublicAddress(), publicUrl()), { timeout: 5_000, interval: 50 })
    .toBe("https://elsewhere.example");
  expect(performance.now() - startedMs).toBeLessThan(4_000);
});

test("every other process shows it within seconds", async () => {
  const script = `
    import { followPublicAddress } from "#lib/db/public-address.ts";
    import { publicUrl } from "#lib/platform/public-url.ts";
    setInterval(async () => { await followPublicAddress(); console.log(publicUrl()); }, 100);`;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const lines: string[] = [];
    createInterface({ input: other.stdout }).on("line", (line) => lines.push(line));
    await expect.poll(() => lines.at(-1), { timeout: 15_000 }).toMatch(/^http:\/\/localhost:/);
    await setPublicAddress(await makeWorkspace(), { address: "https://hooks.example.com" });
    await expect.poll(() => lines.at(-1), { timeout: 4_000, interval: 50 }).toBe("https://hooks.example.com");
  } finally {
    other.kill("SIGKILL");
  }
});

test("a signature over the address is checked against the saved address at once", async () => {
  const owner = await makeWorkspace();
  const endpoint = await makeEndpoint(owner, { provider: "twilio", secrets: ["12345"] });
  const url = `https://hooks.example.com${endpoint.path}`;
  const provider = getProvider("twilio");
  const settings = { secrets: ["12345"], publicUrl: url, options: {} };
  const signed = await signDelivery(provider, sampleRequest(provider, url), { secret: "12345" }, settings, new Date());
  if (signed.kind === "cannot-sign") throw new Error(signed.message);
  const send = async () =>
    (
      await fetch(`${door.url}${endpoint.path}`, {
        method: "POST",
        headers: signed.request.headers.map(([name, value]) => [name, value] as [string, string]),
        body: Buffer.from(signed.request.body),
      })
    ).status;
  expect(await send()).toBe(401);
  await setPublicAddress(owner, { address: "https://hooks.example.com" });
  expect(await send()).toBe(200);
});

test("the instance recognises itself through its public address", async () => {
  const owner = await makeWorkspace();
  await setPublicAddress(owner, { address: door.url });
  const { address, steps } = await testPublicAddress({ ...owner, role: "editor" });
  expect(address).toBe(door.url);
  expect(statuses(steps)).toEqual({ name: "passed", connect: "passed", tls: "unknown", instance: "passed" });
  await expect(testPublicAddress({ ...owner, role: "viewer" })).rejects.toThrow(ForbiddenError);
});

test("a proxy that passes all on is this Hookline; one that answers, redirects or repeats answers is not", async () => {
  const answers: string[] = [];
  const relay = await serve(async (request, response) => {
    const answer = await fetch(door.url + (request.url ?? ""));
    answers.push(await answer.text());
    response.writeHead(answer.status).end(answers.at(-1));
  });
  expect(statuses(await probe(relay)).instance).toBe("passed");
  const wrong: RequestListener[] = [
    (_, response) => response.end("welcome"),
    (_, response) => response.writeHead(404).end(),
    (_, response) => response.writeHead(302, { location: `${door.url}/` }).end(),
    (_, response) => response.end(answers[0]),
    (_, response) => response.end("x".repeat(10_000)),
    (_, response) => response.end('{"facts":"{\\"https\\":true}","proof":""}'),
  ];
  for (const [index, answer] of wrong.entries()) {
    const steps = await probe(await serve(answer));
    expect(statuses(steps).instance, `server ${index}`).toBe("failed");
    expect(
      steps.some(({ id }) => id === "scheme"),
      `server ${index}`,
    ).toBe(false);
  }
});

test("says which part of the way is broken, and ends in time", async () => {
  const closed = await serve((_, response) => response.end());
  servers.splice(0).forEach((server) => server.close());
  expect(statuses(await probe(closed))).toEqual({ name: "passed", connect: "failed" });

  const silent = await serve(() => undefined);
  const startedMs = performance.now();
  expect(statuses(await probe(silent, { timeoutMs: 400 })).instance).toBe("failed");
  expect(performance.now() - startedMs).toBeLessThan(2_000);

  const unknown = await probe("https://hooks.example.com", { resolve: () => Promise.reject(new Error("ENOTFOUND")) });
  expect(unknown.map(({ id, status }) => [id, status])).toEqual([["name", "failed"]]);
  const never = await probe("https://hooks.example.com", {
    resolve: () => new Promise(() => undefined),
    timeoutMs: 200,
  });
  expect(never.map(({ id, status }) => [id, status])).toEqual([["name", "failed"]]);

  const steps = await probe(`https://127.0.0.1:${await listen(createTlsServer(TLS))}`);
  expect(statuses(steps)).toEqual({ name: "passed", connect: "passed", tls: "failed" });
});

test("behind a proxy that ends TLS, says whether Hookline knows that it is https", async () => {
  const relay = createTlsServer(TLS, async (request, response) => {
    const answer = await fetch(door.url + (request.url ?? ""));
    response.writeHead(answer.status).end(await answer.text());
  });
  const address = `https://crm.test:${await listen(relay)}`;
  const script = `
    import { probePublicAddress } from "#lib/effects/probe-public-address.ts";
    const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
    const rules = { allow: ["127.0.0.1"], permissions: [], locked: false };
    console.log(JSON.stringify(await probePublicAddress(process.argv.at(-1), { rules, now: new Date(), resolve })));`;
  // The certificate's authority is trusted by a process from its start or not at all.
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: "tests/fixtures/tls/self-signed.cert.pem" };
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, address], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const steps = JSON.parse(await text(child.stdout)) as ReachStep[];
  expect(statuses(steps)).toEqual({
    name: "passed",
    connect: "passed",
    tls: "passed",
    instance: "passed",
    scheme: "unknown",
  });
  expect(steps.find(({ id }) => id === "scheme")?.message).toContain("HOOKLINE_TRUSTED_PROXIES");
});

test("a name that leads inside is not called, and nothing is claimed about it", async () => {
  let hits = 0;
  const inside = await serve((_, response) => {
    hits += 1;
    response.end();
  });
  const steps = await probe(inside, { rules: { allow: [], permissions: [], locked: false } });
  expect(statuses(steps)).toEqual({ name: "passed", connect: "unknown" });
  expect(hits).toBe(0);
});
