import type net from "node:net";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import type { HttpEffect } from "#lib/engine/effect.ts";
import type { EgressRules } from "#lib/platform/egress/egress-rules.ts";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { call, closed, dns, loopback, ok, perform } from "#tests/support/http-calls.ts";
import { answerWith, startRawTarget } from "#tests/support/raw-target.ts";

afterAll(closeAgents);

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
      expect(outcome, host).toMatchObject({ code: expect.stringMatching(/^egress-/) });
      // What a permission can open waits for a person; everything else fails for good.
      if (outcome.kind !== "held") expect(outcome, host).toMatchObject({ kind: "failed", retryable: false });
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
    expect(await perform(call(`http://flip.test:${trap.port}/`), flip, loopback)).toMatchObject({
      code: "egress-private-address",
    });
    expect(trap.connections).toBe(1);
  });

  test("does not lend a connection opened under one workspace's permission to another", async () => {
    const target = await startRawTarget(answerWith(ok, "keep"));
    const opened: EgressRules = {
      allow: [],
      permissions: [{ address: "127.0.0.1", port: target.port }],
      locked: false,
    };
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
      "http://169.254.169.254/latest",
      "//0.0.0.0/",
      "\\\\[::1]\\",
      "file:///etc/passwd",
      "http://u:p@127.0.0.1/",
    ]) {
      const target = await startRawTarget(to(inside));
      expect(await perform(call(target.url, { redirectsMax: 5 })), inside).toMatchObject({
        kind: inside.includes("::1") ? "held" : "failed",
        code: expect.stringMatching(/^egress-/),
      });
    }
    expect(trap.connections).toBe(0);
  });

  test.each([
    [303, { method: "GET", body: null }, ["X-Plain", "Idempotency-Key"]],
    [307, { method: "POST", body: { text: "hello" } }, ["X-Plain", "Idempotency-Key", "Content-Type"]],
  ])(
    "to a private address wait for a permission: after a %i only that address is left to call",
    async (status, rest, names) => {
      const inside = "http://10.0.0.1:9/inside?a=1";
      const second = await startRawTarget(to(inside, status));
      const first = await startRawTarget(to(`${second.url}/second`, 307));
      const headers: HttpEffect["headers"] = [
        ["X-Own", [{ slot: { connectionId: "c1", version: 1, field: "token" } }]],
        ["X-Plain", "1"],
        ["Idempotency-Key", "k1"],
        ["Content-Type", "text/plain"],
      ];
      const outcome = await perform(call(first.url, { redirectsMax: 5, headers, body: { text: "hello" } }));
      expect(outcome).toMatchObject({
        kind: "held",
        code: "egress-private-address",
        message: expect.stringMatching(/The redirect that led there was not followed\.$/),
        answer: { redirects: [first.url, `${second.url}/second`], refusal: { address: "10.0.0.1", port: 9 } },
        rest: { kind: "http", url: inside, redirectsMax: 3, ...rest },
      });
      const left = outcome.kind === "held" && outcome.rest?.kind === "http" ? outcome.rest.headers : [];
      expect(left.map(([name]) => name)).toEqual(names);
    },
  );

  test.each([
    [303, answerWith("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), "http-503"],
    [302, answerWith("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "destroy"), "answer-cut-off"],
    [303, (socket: net.Socket) => void socket.once("data", () => socket.resetAndDestroy()), "connection-lost"],
  ])("to an answer (%i) that does not come: only the answer is asked for again", async (status, talk, code) => {
    const there = await startRawTarget(talk);
    const target = await startRawTarget(to(there.url, status));
    const outcome = await perform(call(target.url, { redirectsMax: 5, body: { text: "hello" } }));
    expect(outcome).toMatchObject({
      kind: "failed",
      code,
      retryable: true,
      rest: { kind: "http", method: "GET", url: there.url, body: null, redirectsMax: 4 },
    });
  });

  test("to another place (307) that fails: the call is made anew, and is not said to have sent nothing", async () => {
    const target = await startRawTarget(to("http://127.0.0.1:1/", 307));
    const outcome = await perform(call(target.url, { redirectsMax: 5, body: { text: "hello" } }));
    expect(outcome).toMatchObject({
      kind: "failed",
      retryable: true,
      message: expect.stringMatching(/The redirect that led there was not followed\.$/),
    });
    expect(outcome).not.toHaveProperty("rest");
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
