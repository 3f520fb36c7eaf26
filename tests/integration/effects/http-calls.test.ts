import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { writeJson } from "#lib/core/json-text.ts";
import type { OpenConnection } from "#lib/engine/connections/connection-kind.ts";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { bearer, call, loopback, ok, perform } from "#tests/support/http-calls.ts";
import { answerWith, startRawTarget } from "#tests/support/raw-target.ts";

afterAll(closeAgents);

describe("what goes out", () => {
  test("sends the planned bytes in the planned order, with secrets in their slots", async () => {
    const target = await startRawTarget(answerWith(ok));
    const outcome = await perform(
      call(`${target.url}a%2Fb?x=1#frag`, {
        headers: [
          ["X-B", "1"],
          ["Authorization", ["Bearer ", { slot: { connectionId: "c1", version: 1, field: "token" } }]],
          ["X-A", "größe €"],
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
      `X-A: ${Buffer.from("größe €").toString("latin1")}`,
      "Content-Type: application/json",
      "Idempotency-Key: k1",
      "user-agent: Hookline",
      "accept-encoding: gzip, deflate",
      "content-length: 8",
    ]);
    expect(Buffer.from(body, "latin1").toString("utf8")).toBe('{"ü":1}');
  });

  test("shows no secret that the target echoes, and lets it flow on to later steps", async () => {
    const echo = JSON.stringify({ you: "t0p-s3cret-token", b64: Buffer.from("x:t0p-s3cret-token").toString("base64") });
    const target = await startRawTarget(
      answerWith(
        `HTTP/1.1 200 OK\r\nX-Echo: t0p-s3cret-token\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${echo.length}\r\n\r\n${echo}`,
      ),
    );
    const outcome = await perform(
      call(target.url, { headers: [["X-Key", [{ slot: { connectionId: "c1", version: 1, field: "token" } }]]] }),
    );
    if (outcome.kind !== "done") throw new Error(outcome.message);
    expect(JSON.stringify(outcome.answer)).not.toMatch(/t0p-s3cret|dDBwLXMzY3/);
    expect(outcome.output).toMatchObject({ headers: { "x-echo": "t0p-s3cret-token" } });
    expect(writeJson(outcome.output)).toContain(echo);
    expect(target.heard[0]).toContain("X-Key: t0p-s3cret-token");
  });

  test.each([
    ["is gone", [], "connection-gone", "failed"],
    ["was changed since", [{ ...bearer, version: 2 }], "connection-changed", "failed"],
    ["is for other hosts", [{ ...bearer, config: { hosts: ["api.acme.dev"] } }], "connection-other-host", "held"],
  ] as [string, OpenConnection[], string, string][])(
    "sends nothing when the connection %s",
    async (_name, connections, code, kind) => {
      const target = await startRawTarget(answerWith(ok));
      const outcome = await perform(
        call(target.url, { headers: [["X", [{ slot: { connectionId: "c1", version: 1, field: "token" } }]]] }),
        null,
        loopback,
        connections,
      );
      expect(outcome).toMatchObject({ kind, code });
      if (kind === "failed") expect(outcome).toMatchObject({ retryable: false });
      expect(target.connections).toBe(0);
    },
  );

  test("puts no injected byte on the wire", async () => {
    const target = await startRawTarget(answerWith(ok));
    for (const bad of [
      { method: "GET / HTTP/1.1\r\nX: 1\r\n\r\nGET" },
      { headers: [["X", "a\r\nEvil: 1"]] as const },
      { headers: [["Host", "evil"]] as const },
    ])
      expect(await perform(call(target.url, bad))).toMatchObject({
        kind: "failed",
        code: "bad-request",
        retryable: false,
      });
    await perform(call(`${target.url}a\r\nEvil: 1`));
    expect(target.connections).toBe(1);
    expect(target.heard[0]).toMatch(/^POST \/aEvil:%201 HTTP/);
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
    expect(await perform(call(target.url))).toMatchObject({
      kind: "failed",
      code: `http-${code}`,
      retryable,
      answer: { status: code },
    });
  });

  test("carries the target's wish to wait", async () => {
    const target = await startRawTarget(status(429, "Retry-After: 120\r\n"));
    expect(await perform(call(target.url))).toMatchObject({ retryAfterMs: 120_000 });
  });

  test("reads header values as UTF-8 where they are that, and follows an address in it", async () => {
    const utf8 = (text: string) => Buffer.from(text).toString("latin1");
    const there = await startRawTarget(
      answerWith(
        Buffer.from(
          `HTTP/1.1 200 OK\r\nX-Name: ${utf8("größe €")}\r\nX-Latin: caf\u00e9\r\nContent-Length: 0\r\n\r\n`,
          "latin1",
        ),
      ),
    );
    const found = `HTTP/1.1 307 X\r\nLocation: ${utf8(`${there.url}größe`)}\r\nContent-Length: 0\r\n\r\n`;
    const target = await startRawTarget(answerWith(Buffer.from(found, "latin1")));
    expect(await perform(call(target.url, { redirectsMax: 1 }))).toMatchObject({
      kind: "done",
      output: { headers: { "x-name": "größe €", "x-latin": "café" } },
      answer: { headers: expect.arrayContaining([["X-Name", "größe €"]]) },
    });
    expect(there.heard[0]).toMatch(/^POST \/gr%C3%B6%C3%9Fe HTTP/);
  });

  test("stops a long answer at the cap and marks it", async () => {
    const target = await startRawTarget((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
        socket.end("x".repeat(4 * 1_048_576));
      });
    });
    const outcome = await perform(call(target.url));
    expect(outcome).toMatchObject({
      kind: "done",
      output: { truncated: true },
      answer: { truncated: true, bodyBytes: 1_048_576 },
    });
    await expect.poll(() => target.sockets.size).toBe(0);
  });

  test("unfolds gzip to the cap and no further", async () => {
    const folded = gzipSync(Buffer.alloc(1_048_577));
    const target = await startRawTarget(
      answerWith(
        Buffer.concat([
          Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${folded.length}\r\n\r\n`),
          folded,
        ]),
      ),
    );
    expect(await perform(call(target.url))).toMatchObject({ kind: "done", output: { truncated: true } });
  });

  test("keeps an answer in a coding it did not ask for as it came", async () => {
    const packed = brotliCompressSync("abc");
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: ${packed.length}\r\n\r\n`;
    const target = await startRawTarget(answerWith(Buffer.concat([Buffer.from(head), packed])));
    expect(await perform(call(target.url))).toMatchObject({
      kind: "done",
      output: { problem: "coding", body: { base64: packed.toString("base64") } },
    });
  });

  test.each(["UTF-8", "none", "br", "gzip", "gzip, gzip", "zstd"])(
    "reads an answer that only says it is %s",
    async (coding) => {
      const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: ${coding}\r\n`;
      const target = await startRawTarget(answerWith(`${head}Content-Length: 8\r\n\r\n{"id":7}`));
      expect(await perform(call(target.url))).toMatchObject({
        kind: "done",
        output: { body: { id: 7 } },
        answer: { notes: [{ kind: "no-such-coding" }] },
      });
    },
  );

  test.each([
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["a length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a 1 MB header", `HTTP/1.1 200 OK\r\nX: ${"a".repeat(1_000_000)}\r\n\r\n`],
    ["HTTP/0.9", "<html>hello"],
    ["nonsense", "\x00\x01\x02\x03\r\n\r\n"],
    [
      "a flood of interim answers",
      `${"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1_000)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
    ],
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
