import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createResolver } from "#lib/platform/egress/resolve-host.ts";
import { type DnsReply, type DnsServer, startDnsServer } from "#tests/support/dns-server.ts";
import { call, loopback, perform } from "#tests/support/http-calls.ts";

let folder: string;
let files: { hosts: string; resolv: string };
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "hookline-names-"));
  files = { hosts: path.join(folder, "hosts"), resolv: path.join(folder, "resolv.conf") };
  writeFileSync(files.hosts, "127.0.0.1 localhost\n10.0.0.7 db Db.Internal. # the database\nfe80::1%eth0 linked\n");
  writeFileSync(files.resolv, "nameserver 10.0.0.1\ndomain old.test\nsearch one.test two.test\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function serve(reply: (name: string, type: "A" | "AAAA") => DnsReply): Promise<DnsServer> {
  const server = await startDnsServer(reply);
  onTestFinished(() => server.stop());
  return server;
}

async function resolverOver(reply: (name: string, type: "A" | "AAAA") => DnsReply) {
  const server = await serve(reply);
  return { server, resolve: createResolver({ servers: [server.address], files }) };
}

const addresses = (found: { address: string }[]) => found.map(({ address }) => address);

describe("a name", () => {
  test("is found with all its addresses of both families, and kept as long as its record says", async () => {
    const { server, resolve } = await resolverOver(() => ["198.51.100.7", "198.51.100.8", "2001:db8::7"]);
    expect(await resolve("api.test")).toEqual([
      { address: "198.51.100.7", family: 4 },
      { address: "198.51.100.8", family: 4 },
      { address: "2001:db8::7", family: 6 },
    ]);
    await Promise.all([resolve("api.test"), resolve("api.test")]);
    expect(server.questions.sort()).toEqual(["A api.test", "AAAA api.test"]);
  });

  test("asked for many times at once is asked for once", async () => {
    const { server, resolve } = await resolverOver(() => ["198.51.100.7"]);
    await Promise.all(Array.from({ length: 50 }, () => resolve("api.test")));
    expect(server.questions).toHaveLength(2);
  });

  test("of one family does not wait for a server that is silent about the other", async () => {
    const { resolve } = await resolverOver((_, type) => (type === "A" ? ["198.51.100.7"] : "silence"));
    const began = performance.now();
    expect(addresses(await resolve("api.test"))).toEqual(["198.51.100.7"]);
    expect(performance.now() - began).toBeLessThan(1_400);
  });

  test("that does not exist is not found", async () => {
    const { resolve } = await resolverOver(() => null);
    await expect(resolve("nowhere.test")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  test("without a dot is tried with the search list first, with one as it stands first", async () => {
    const { server, resolve } = await resolverOver((name) => (name.endsWith("two.test") ? ["198.51.100.7"] : null));
    expect(addresses(await resolve("queue"))).toEqual(["198.51.100.7"]);
    expect(addresses(await resolve("queue.jobs"))).toEqual(["198.51.100.7"]);
    expect(server.questions.filter((question) => question.startsWith("A "))).toEqual([
      "A queue.one.test",
      "A queue.two.test",
      "A queue.jobs",
      "A queue.jobs.one.test",
      "A queue.jobs.two.test",
    ]);
  });

  test("of the hosts file, localhost and a written address ask nobody", async () => {
    const { server, resolve } = await resolverOver(() => ["198.51.100.7"]);
    expect(addresses(await resolve("db"))).toEqual(["10.0.0.7"]);
    expect(addresses(await resolve("db.internal"))).toEqual(["10.0.0.7"]);
    expect(addresses(await resolve("localhost"))).toEqual(["127.0.0.1"]);
    expect(addresses(await resolve("app.localhost"))).toEqual(["127.0.0.1", "::1"]);
    expect(await resolve("2001:db8::1")).toEqual([{ address: "2001:db8::1", family: 6 }]);
    expect(server.questions).toEqual([]);
    expect(addresses(await resolve("linked"))).toEqual(["198.51.100.7"]);
  });
});

test("twenty silent names end within five seconds, and hold up neither another name nor the file system", async () => {
  const { resolve } = await resolverOver((name) => (name.startsWith("silent") ? "silence" : ["198.51.100.7"]));
  const began = performance.now();
  const silent = Array.from({ length: 20 }, (_, index) => resolve(`silent${index}.test`).catch((error) => error));
  await resolve("warm.test");
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const asked = performance.now();
    await stat(files.hosts);
    expect(addresses(await resolve(`answered${round}.test`))).toEqual(["198.51.100.7"]);
    times.push(performance.now() - asked);
  }
  expect(performance.now() - began).toBeLessThan(4_500);
  expect(Math.max(...times)).toBeLessThan(1_000);
  for (const error of await Promise.all(silent)) expect(error).toMatchObject({ code: "ETIMEDOUT" });
  expect(performance.now() - began).toBeLessThan(8_000);
});

test("a changed hosts file is followed", async () => {
  const { resolve } = await resolverOver(() => null);
  expect(addresses(await resolve("db"))).toEqual(["10.0.0.7"]);
  writeFileSync(files.hosts, "10.0.0.8 db\n");
  utimesSync(files.hosts, new Date(), new Date(Date.now() + 60_000));
  await expect.poll(async () => addresses(await resolve("db")), { timeout: 10_000 }).toEqual(["10.0.0.8"]);
});

test("the guard judges the address a name has, whoever keeps it", async () => {
  const { resolve } = await resolverOver(() => ["10.9.9.9"]);
  for (let time = 0; time < 2; time += 1)
    expect(await perform(call("http://inside.test/"), resolve, loopback)).toMatchObject({
      kind: "held",
      code: "egress-private-address",
    });
});
