import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import tls from "node:tls";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { call, dns, ok, perform } from "#tests/support/http-calls.ts";
import { answerWith, startRawTarget } from "#tests/support/raw-target.ts";

afterAll(closeAgents);

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
    expect(await perform(call("http://nowhere.test/"), dns([]))).toMatchObject({
      code: "host-not-found",
      retryable: true,
    });
  });

  test("bounds a lookup that never answers", async () => {
    const startedAt = performance.now();
    expect(
      await perform(call("http://slow.test/", { timeoutMs: 300 }), () => new Promise(() => undefined)),
    ).toMatchObject({
      kind: "failed",
      retryable: true,
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test("a call whose idle connection closes while we send is unknown or made anew, never silently lost", async () => {
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
      {
        key: readFileSync(path.join(files, `${name}.key.pem`)),
        cert: readFileSync(path.join(files, `${name}.cert.pem`)),
        ...options,
      },
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
    const port = await serve("self-signed", {
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    expect(await perform(call(`https://crm.test:${port}/`), dns(["127.0.0.1"]))).toMatchObject({
      kind: "failed",
      code: "tls-too-old",
    });
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
