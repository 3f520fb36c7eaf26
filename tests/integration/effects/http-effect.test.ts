import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import tls from "node:tls";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { EffectContext } from "#lib/effects/effect-context.ts";
import { performHttp } from "#lib/effects/http-effect.ts";
import type { OpenConnection } from "#lib/engine/connections/connection-kind.ts";
import type { HttpEffect } from "#lib/engine/effect.ts";
import type { EgressRules } from "#lib/platform/egress/egress-rules.ts";
import { closeAgents, makeAgent } from "#lib/platform/egress/http-agents.ts";
import type { ResolveHost } from "#lib/platform/egress/resolve-host.ts";
import { answerWith, startRawTarget } from "#tests/support/raw-target.ts";

const loopback: EgressRules = { allow: ["127.0.0.1/32"], permissions: [], locked: false };
const closed: EgressRules = { allow: [], permissions: [], locked: false };
const bearer: OpenConnection = {
  id: "c1",
  kind: "http.bearer",
  name: "CRM",
  version: 1,
  config: { hosts: [] },
  secrets: { token: "t0p-s3cret-token" },
};

afterAll(closeAgents);

function context(rules: EgressRules = loopback, connections: OpenConnection[] = [bearer]): EffectContext {
  return {
    workspaceId: "w" as WorkspaceId,
    signal: new AbortController().signal,
    now: () => new Date(),
    publicHost: "hooks.test",
    ports: {
      findConnection: async (id) => connections.find((one) => one.id === id) ?? null,
      findEgressRules: async () => rules,
      keepMail: async () => ({ mailId: "" }),
    },
  };
}

function call(url: string, over: Partial<HttpEffect> = {}): HttpEffect {
  return {
    kind: "http",
    method: "POST",
    url,
    headers: [["Idempotency-Key", "k1"]],
    body: { text: "{}" },
    timeoutMs: 5_000,
    redirectsMax: 0,
    responseBytesMax: 1_048_576,
    ...over,
  };
}

function perform(effect: HttpEffect, resolve: ResolveHost | null = null, rules = loopback, connections?: OpenConnection[]) {
  if (resolve === null) return performHttp(effect, context(rules, connections));
  return performHttp(effect, context(rules, connections), (given) => {
    const agent = makeAgent(given, resolve);
    onTestFinished(() => agent.destroy());
    return agent;
  });
}

const dns = (...answers: string[][]): ResolveHost & { asked: number } => {
  const resolve = Object.assign(
    async () => {
      const answer = answers[Math.min(resolve.asked, answers.length - 1)] ?? [];
      resolve.asked += 1;
      return answer.map((address) => ({ address, family: address.includes(":") ? (6 as const) : (4 as const) }));
    },
    { asked: 0 },
  );
  return resolve;
};

const ok = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"id":7}';

describe("what goes out", () => {
  test("sends the planned bytes in the planned order, with secrets in their slots", async () => {
    const target = await startRawTarget(answerWith(ok));
    const outcome = await perform(
      call(`${target.url}a%2Fb?x=1#frag`, {
        headers: [
          ["X-B", "1"],
          ["Authorization", ["Bearer ", { slot: { connectionId: "c1", version: 1, field: "token" } }]],
          ["X-A", "é"],
          ["Content-Type", "application/json"],
          ["Idempotency-Key", "k1"],
        ],
        body: { text: '{"ü":1}' },
      }),
    );
    expect(outcome).toMatchObject({ kind: "done", output: { status: 200, body: { id: 7 } } });
    const [head = "", body = ""] = (target.heard[0] ?? "").split("\r\n\r\n");
    expect(head.split("\r\n")).toEqual([
      "POST /a%2Fb?x=1 HTTP/1.1",
      `host: 127.0.0.1:${target.port}`,
      "connection: keep-alive",
      "X-B: 1",
      "Authorization: Bearer t0p-s3cret-token",
      "X-A: é",
      "Content-Type: application/json",
      "Idempotency-Key: k1",
      "user-agent: Hookline",
      "accept-encoding: gzip, deflate",
      "content-length: 8",
    ]);
    expect(Buffer.from(body, "latin1").toString("utf8")).toBe('{"ü":1}');
  });

  test("takes a secret that the target echoes out of output, answer and message", async () => {
    const echo = JSON.stringify({ you: "t0p-s3cret-token", b64: Buffer.from("x:t0p-s3cret-token").toString("base64") });
    const target = await startRawTarget(
      answerWith(
        `HTTP/1.1 200 OK\r\nX-Echo: t0p-s3cret-token\r\nContent-Type: application/json\r\nContent-Length: ${echo.length}\r\n\r\n${echo}`,
      ),
    );
    const outcome = await perform(
      call(target.url, { headers: [["X-Key", [{ slot: { connectionId: "c1", version: 1, field: "token" } }]]] }),
    );
    expect(outcome.kind).toBe("done");
    expect(JSON.stringify(outcome)).not.toMatch(/t0p-s3cret|dDBwLXMzY3/);
    expect(target.heard[0]).toContain("X-Key: t0p-s3cret-token");
  });

  test.each([
    ["is gone", [], "connection-gone"],
    ["was changed since", [{ ...bearer, version: 2 }], "connection-changed"],
    ["is for other hosts", [{ ...bearer, config: { hosts: ["api.acme.dev"] } }], "connection-other-host"],
  ] as [string, OpenConnection[], string][])("sends nothing when the connection %s", async (_name, connections, code) => {
    const target = await startRawTarget(answerWith(ok));
    const outcome = await perform(
      call(target.url, { headers: [["X", [{ slot: { connectionId: "c1", version: 1, field: "token" } }]]] }),
      null,
      loopback,
      connections,
    );
    expect(outcome).toMatchObject({ kind: "failed", code, retryable: false });
    expect(target.connections).toBe(0);
  });

  test("puts no injected byte on the wire", async () => {
    const target = await startRawTarget(answerWith(ok));
    for (const bad of [
      { method: "GET / HTTP/1.1\r\nX: 1\r\n\r\nGET" },
      { headers: [["X", "a\r\nEvil: 1"]] as const },
      { headers: [["Host", "evil"]] as const },
    ])
      expect(await perform(call(target.url, bad))).toMatchObject({ kind: "failed", code: "bad-request", retryable: false });
    await perform(call(`${target.url}a\r\nEvil: 1`));
    expect(target.connections).toBe(1);
    expect(target.heard[0]).toMatch(/^POST \/aEvil:%201 HTTP/);
  });
});

describe("the guard", () => {
  test("never reaches loopback under any name or spelling unless allowed", async () => {
    const trap = await startRawTarget(answerWith(ok));
    const urls = [
      "127.0.0.1",
      "127.1",
      "2130706433",
      "0x7f.1",
      "0",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "[::127.0.0.1]",
      "localhost",
      "localhost.",
      "①②⑦.0.0.1",
    ];
    for (const host of urls) {
      const outcome = await perform(call(`http://${host}:${trap.port}/`), null, closed);
      expect(outcome, host).toMatchObject({ kind: "failed", retryable: false, code: expect.stringMatching(/^egress-/) });
    }
    expect(trap.connections).toBe(0);
  });

  test("refuses a public name that leads to a private address, also when only one of several does", async () => {
    const trap = await startRawTarget(answerWith(ok));
    for (const answer of [["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["2606:2800::1", "::1"]])
      expect(await perform(call(`http://public.test:${trap.port}/`), dns(answer), closed)).toMatchObject({
        code: "egress-private-address",
        message: expect.stringContaining("public.test is "),
      });
    expect(trap.connections).toBe(0);
  });

  test("connects only to the address it checked, and checks again for the next connection", async () => {
    const trap = await startRawTarget(answerWith(ok));
    const flip = dns(["127.0.0.1"], ["10.9.9.9"]);
    expect(await perform(call(`http://flip.test:${trap.port}/`), flip, loopback)).toMatchObject({ kind: "done" });
    expect(flip.asked).toBe(1);
    expect(await perform(call(`http://flip.test:${trap.port}/`), flip, loopback)).toMatchObject({ code: "egress-private-address" });
    expect(trap.connections).toBe(1);
  });

  test("does not lend a connection opened under one workspace's permission to another", async () => {
    const target = await startRawTarget(answerWith(ok, "keep"));
    const opened: EgressRules = { allow: [], permissions: [{ address: "127.0.0.1", port: target.port }], locked: false };
    expect(await perform(call(target.url), null, opened)).toMatchObject({ kind: "done" });
    expect(await perform(call(target.url), null, opened)).toMatchObject({ kind: "done" });
    expect(target.connections).toBe(1);
    expect(await perform(call(target.url), null, closed)).toMatchObject({ code: "egress-private-address" });
  });

  test("is not walked around by a proxy setting in the environment", async () => {
    const proxy = await startRawTarget(answerWith(ok));
    const target = await startRawTarget(answerWith(ok));
    for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "NODE_USE_ENV_PROXY"])
      process.env[name] = name.includes("NODE") ? "1" : proxy.url;
    onTestFinished(() => {
      for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "NODE_USE_ENV_PROXY"]) delete process.env[name];
    });
    expect(await perform(call(target.url))).toMatchObject({ kind: "done" });
    expect(proxy.connections).toBe(0);
  });
});

describe("redirects", () => {
  const to = (location: string, status = 302) =>
    answerWith(`HTTP/1.1 ${status} Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);

  test("are not followed unless asked", async () => {
    const target = await startRawTarget(to("/next"));
    expect(await perform(call(target.url))).toMatchObject({
      kind: "failed",
      code: "redirect-not-followed",
      retryable: false,
      answer: { status: 302 },
    });
    expect(target.connections).toBe(1);
  });

  test("end after the limit, five at most", async () => {
    const target = await startRawTarget(to("/again", 307));
    expect(await perform(call(target.url, { redirectsMax: 50 }))).toMatchObject({
      code: "redirect-not-followed",
      message: expect.stringContaining("more than 5 times"),
    });
    expect(target.heard.length).toBe(6);
  });

  test("are checked again and do not lead inside", async () => {
    const trap = await startRawTarget(answerWith(ok));
    for (const inside of [
      `http://10.0.0.1:${trap.port}/`,
      "http://169.254.169.254/latest",
      "//0.0.0.0/",
      "\\\\[::1]\\",
      "file:///etc/passwd",
      "http://u:p@127.0.0.1/",
    ]) {
      const target = await startRawTarget(to(inside));
      expect(await perform(call(target.url, { redirectsMax: 5 })), inside).toMatchObject({
        kind: "failed",
        code: expect.stringMatching(/^egress-/),
      });
    }
    expect(trap.connections).toBe(0);
  });

  test("leave secrets behind at another origin and keep them at the same", async () => {
    const other = await startRawTarget(answerWith(ok));
    const target = await startRawTarget(to(other.url, 307));
    const headers: HttpEffect["headers"] = [
      ["X-Own", [{ slot: { connectionId: "c1", version: 1, field: "token" } }]],
      ["Cookie", "a=b"],
      ["X-Plain", "1"],
      ["Idempotency-Key", "k1"],
    ];
    expect(await perform(call(target.url, { redirectsMax: 5, headers, body: { text: "hello" } }))).toMatchObject({
      kind: "done",
      answer: { redirects: [target.url] },
    });
    expect(other.heard[0]).toMatch(/^POST /);
    expect(other.heard[0]).toContain("X-Plain: 1");
    expect(other.heard[0]).toContain("hello");
    expect(other.heard[0]).not.toMatch(/X-Own|Cookie|t0p/i);
  });
});

describe("what comes back", () => {
  const status = (code: number, more = "") => answerWith(`HTTP/1.1 ${code} X\r\n${more}Content-Length: 0\r\n\r\n`);

  test.each([
    [500, true],
    [502, true],
    [503, true],
    [429, true],
    [408, true],
    [425, true],
    [400, false],
    [401, false],
    [404, false],
    [409, false],
    [422, false],
  ])("fails on %i; tried again: %s", async (code, retryable) => {
    const target = await startRawTarget(status(code));
    expect(await perform(call(target.url))).toMatchObject({ kind: "failed", code: `http-${code}`, retryable, answer: { status: code } });
  });

  test("carries the target's wish to wait", async () => {
    const target = await startRawTarget(status(429, "Retry-After: 120\r\n"));
    expect(await perform(call(target.url))).toMatchObject({ retryAfterMs: 120_000 });
  });

  test("stops an endless answer at the cap and marks it", async () => {
    const target = await startRawTarget((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
        const more = () => {
          while (!socket.destroyed && socket.write("x".repeat(65_536))) {}
        };
        socket.on("drain", more);
        more();
      });
    });
    const before = process.memoryUsage().rss;
    const outcome = await perform(call(target.url));
    expect(outcome).toMatchObject({ kind: "done", output: { truncated: true }, answer: { truncated: true, bodyBytes: 1_048_576 } });
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
    await expect.poll(() => target.sockets.size).toBe(0);
  });

  test("unfolds gzip to the cap and no further", async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    const target = await startRawTarget(
      answerWith(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`), bomb])),
    );
    expect(await perform(call(target.url))).toMatchObject({ kind: "done", output: { truncated: true } });
  });

  test("keeps an answer in a coding it did not ask for as it came", async () => {
    const target = await startRawTarget(answerWith("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc"));
    expect(await perform(call(target.url))).toMatchObject({ kind: "done", output: { problem: "coding", body: { base64: "YWJj" } } });
  });

  test.each([
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["a length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a 1 MB header", `HTTP/1.1 200 OK\r\nX: ${"a".repeat(1_000_000)}\r\n\r\n`],
    ["HTTP/0.9", "<html>hello"],
    ["nonsense", "\x00\x01\x02\x03\r\n\r\n"],
    ["a flood of interim answers", `${"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1_000)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`],
  ])("ends as a failed or unknown step on %s, with the process alive", async (_name, bytes) => {
    const target = await startRawTarget(answerWith(bytes));
    expect((await perform(call(target.url, { timeoutMs: 3_000 }))).kind).toMatch(/failed|unknown/);
  });

  test("takes a header named __proto__ as data", async () => {
    const target = await startRawTarget(answerWith("HTTP/1.1 200 OK\r\n__proto__: x\r\nContent-Length: 0\r\n\r\n"));
    const outcome = await perform(call(target.url));
    expect(outcome.kind).toBe("done");
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test("reads an answer given before the whole request was taken", async () => {
    const target = await startRawTarget((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    });
    expect((await perform(call(target.url, { body: { text: "x".repeat(5_000_000) } }))).kind).toMatch(/failed|unknown/);
  });
});

describe("when nothing or not all comes back", () => {
  test("calls a handed-over call without an answer unknown, but a read simply failed", async () => {
    const target = await startRawTarget((socket) => {
      socket.once("data", () => socket.resetAndDestroy());
    });
    expect(await perform(call(target.url))).toMatchObject({ kind: "unknown", code: "connection-lost" });
    expect(await perform(call(target.url, { method: "GET", body: null }))).toMatchObject({
      kind: "failed",
      code: "connection-lost",
      retryable: true,
    });
  });

  test("calls an answer that breaks off after its status unknown", async () => {
    const target = await startRawTarget(answerWith("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "destroy"));
    expect(await perform(call(target.url))).toMatchObject({ kind: "unknown", code: "answer-cut-off" });
  });

  test("keeps the status of a failure whose answer breaks off", async () => {
    const target = await startRawTarget(answerWith("HTTP/1.1 404 X\r\nContent-Length: 100\r\n\r\nhalf", "destroy"));
    expect(await perform(call(target.url))).toMatchObject({ kind: "failed", code: "http-404" });
  });

  test("ends a silent target at the total deadline and closes the socket", async () => {
    const target = await startRawTarget(() => undefined);
    const startedAt = performance.now();
    expect(await perform(call(target.url, { timeoutMs: 400 }))).toMatchObject({ kind: "unknown", code: "timeout" });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await expect.poll(() => target.sockets.size).toBe(0);
  });

  test.each([
    ["headers", "HTTP/1.1 200 OK\r\nX-Long: "],
    ["body", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"],
  ])("ends dripping %s at the total deadline", async (_name, start) => {
    const target = await startRawTarget((socket) => {
      socket.once("data", () => {
        socket.write(start);
        const drip = setInterval(() => socket.write("a"), 50);
        socket.on("close", () => clearInterval(drip));
      });
    });
    const startedAt = performance.now();
    expect((await perform(call(target.url, { timeoutMs: 500 }))).kind).toBe("unknown");
    expect(performance.now() - startedAt).toBeLessThan(1_200);
  });

  test("knows that nothing was sent when nobody listens or no host is there", async () => {
    const target = await startRawTarget(() => undefined);
    const gone = await startRawTarget(() => undefined);
    expect(gone.port).not.toBe(target.port);
    expect(await perform(call("http://127.0.0.1:1/"))).toMatchObject({
      kind: "failed",
      code: "connection-refused",
      retryable: true,
      message: expect.stringContaining("Nothing was sent."),
    });
    expect(await perform(call("http://nowhere.test/"), dns([]))).toMatchObject({ code: "host-not-found", retryable: true });
  });

  test("bounds a lookup that never answers", async () => {
    const startedAt = performance.now();
    expect(await perform(call("http://slow.test/", { timeoutMs: 300 }), () => new Promise(() => undefined))).toMatchObject({
      kind: "failed",
      retryable: true,
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test("an idle connection that the target closes while we send is unknown or made anew, never silently lost", async () => {
    const target = await startRawTarget((socket, number) => {
      if (number > 0) return answerWith(ok)(socket);
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        if (requests === 1) socket.write(ok);
        else socket.destroy();
      });
    });
    expect((await perform(call(target.url))).kind).toBe("done");
    expect((await perform(call(target.url))).kind).toMatch(/unknown|done/);
    expect(target.heard.join("").match(/Idempotency-Key: k1/g)?.length).toBeGreaterThanOrEqual(2);
  });
});

describe("TLS", () => {
  const files = path.join(import.meta.dirname, "../../fixtures/tls");
  const serve = async (name: string, options: tls.TlsOptions = {}) => {
    const server = tls.createServer(
      { key: readFileSync(path.join(files, `${name}.key.pem`)), cert: readFileSync(path.join(files, `${name}.cert.pem`)), ...options },
      (socket) => {
        socket.on("error", () => undefined);
        answerWith(ok)(socket);
      },
    );
    server.on("tlsClientError", () => undefined);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    return (server.address() as { port: number }).port;
  };

  test("does not talk to a self-signed certificate, and says so", async () => {
    const port = await serve("self-signed");
    expect(await perform(call(`https://crm.test:${port}/`), dns(["127.0.0.1"]))).toMatchObject({
      kind: "failed",
      code: "certificate-self-signed",
      retryable: false,
    });
  });

  test("does not talk to a plain HTTP server, and says so", async () => {
    const server = http.createServer((_request, response) => response.end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    expect(await perform(call(`https://crm.test:${port}/`), dns(["127.0.0.1"]))).toMatchObject({
      kind: "failed",
      code: expect.stringMatching(/not-tls|tls-failed/),
    });
  });

  test("does not speak TLS 1.0 or 1.1", async () => {
    const port = await serve("self-signed", { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
    expect(await perform(call(`https://crm.test:${port}/`), dns(["127.0.0.1"]))).toMatchObject({ kind: "failed", code: "tls-too-old" });
  });

  test("bounds a handshake that stalls", async () => {
    const target = await startRawTarget(() => undefined);
    const startedAt = performance.now();
    expect(await perform(call(`https://127.0.0.1:${target.port}/`, { timeoutMs: 400 }))).toMatchObject({
      kind: "failed",
      code: "connect-timeout",
      retryable: true,
    });
    expect(performance.now() - startedAt).toBeLessThan(1_200);
  });
});
