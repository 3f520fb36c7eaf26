import { afterAll, describe, expect, test } from "vitest";
import { performHttp } from "#lib/effects/http-effect.ts";
import type { HttpEffect } from "#lib/engine/effect.ts";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { call, context, ok, perform } from "#tests/support/http-calls.ts";
import { answerWith, startRawTarget } from "#tests/support/raw-target.ts";

afterAll(closeAgents);

const head = (line: string) => `HTTP/1.1 ${line}\r\n\r\n`;

describe("interim answers", () => {
  test.each([
    ["100 unasked", head("100 Continue")],
    ["100 with headers", "HTTP/1.1 100 Continue\r\nX-Proxy: a\r\n\r\n"],
    ["102 while it works", head("102 Processing")],
    ["103 with hints", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"],
    ["one that nobody has named", head("199 Soon")],
    ["several", `${head("100 Continue")}${head("102 Processing")}${head("100 Continue")}${head("103 Early Hints")}`],
  ])("are passed over: %s", async (_name, interim) => {
    const target = await startRawTarget(answerWith(interim + ok, "keep"));
    for (const method of ["POST", "GET"]) {
      const body = method === "POST" ? { text: "{}" } : null;
      expect(await perform(call(target.url, { method, body }))).toMatchObject({
        kind: "done",
        output: { status: 200, body: { id: 7 }, headers: { "content-type": "application/json" } },
      });
    }
    // The connection is good for another call after them.
    expect(target.connections).toBe(1);
    expect(target.heard[0]?.match(/^POST \/ /gm)).toHaveLength(1);
  });

  test("a final answer that comes long after the interim one is the answer", async () => {
    const target = await startRawTarget((socket) => {
      socket.once("data", () => {
        socket.write(head("100 Continue"));
        setTimeout(() => socket.end(ok), 100);
      });
    });
    expect(await perform(call(target.url))).toMatchObject({ kind: "done", output: { body: { id: 7 } } });
  });

  test("without a final one are no answer, and the call is not made again", async () => {
    const target = await startRawTarget((socket) => {
      let asked = 0;
      socket.on("data", () => {
        asked += 1;
        if (asked === 1) socket.write(ok);
        else socket.end(head("102 Processing"));
      });
    });
    await perform(call(target.url));
    expect(await perform(call(target.url))).toMatchObject({ kind: "unknown", code: "connection-lost" });
    expect(target.connections).toBe(1);
  });

  test.each([
    ["by its headers", "Connection: upgrade\r\nUpgrade: chat\r\n"],
    ["by its status alone", ""],
    ["and has a length", "Content-Length: 2\r\n"],
  ])("a switch of protocols that nobody asked for is said in words: %s", async (_how, headers) => {
    const target = await startRawTarget(answerWith(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`, "keep"));
    expect(await perform(call(target.url))).toMatchObject({
      kind: "unknown",
      code: "bad-answer",
      message: expect.stringContaining("101 Switching Protocols, which nobody asked for"),
    });
    await expect.poll(() => target.sockets.size).toBe(0);
  });
});

describe("a kept connection that the target has closed", () => {
  /** Answers one call a connection, and at the next hangs up without a word. */
  const closesAtSecond = (how: "end" | "reset") =>
    startRawTarget((socket, number) => {
      if (number > 0) return answerWith(ok)(socket);
      let asked = 0;
      socket.on("data", () => {
        asked += 1;
        if (asked === 1) socket.write(ok);
        else if (how === "end") socket.end();
        else socket.resetAndDestroy();
      });
    });
  const keys = (heard: string[]) => heard.join("").match(/Idempotency-Key: k1/g)?.length;

  test.each(["end", "reset"] as const)("is replaced at once for a call that may be repeated (%s)", async (how) => {
    const target = await closesAtSecond(how);
    expect(await perform(call(target.url))).toMatchObject({ kind: "done" });
    const outcome = await perform(call(target.url));
    expect(outcome).toMatchObject({ kind: "done", output: { body: { id: 7 } }, answer: { reconnected: true } });
    expect(target.connections).toBe(2);
    expect(keys(target.heard)).toBe(3);
    // The same bytes, but for nothing.
    expect(target.heard[0]?.slice((target.heard[0]?.length ?? 0) / 2)).toBe(target.heard[1]);
  });

  test("is replaced for a read whatever the step says", async () => {
    const target = await closesAtSecond("end");
    const read: Partial<HttpEffect> = { method: "GET", body: null };
    await performHttp(call(target.url, read), { ...context(), mayRepeat: false });
    const outcome = await performHttp(call(target.url, read), { ...context(), mayRepeat: false });
    expect(outcome).toMatchObject({ kind: "done", answer: { reconnected: true } });
  });

  test("is replaced when its goodbye is a 408, which on a new connection is an answer", async () => {
    const tooLate = "HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const target = await startRawTarget((socket, number) => {
      if (number > 0) return answerWith(number === 1 ? ok : tooLate)(socket);
      let asked = 0;
      socket.on("data", () => {
        asked += 1;
        if (asked === 1) socket.write(ok);
        else socket.end(tooLate);
      });
    });
    await perform(call(target.url));
    expect(await perform(call(target.url))).toMatchObject({ kind: "done", answer: { reconnected: true } });
    expect(await perform(call(target.url))).toMatchObject({ kind: "failed", code: "http-408", retryable: true });
    expect(target.connections).toBe(3);
  });

  test("leaves a call that may not be repeated to a person: the target may have acted on it", async () => {
    const target = await closesAtSecond("end");
    const asking = { ...context(), mayRepeat: false };
    expect(await performHttp(call(target.url), asking)).toMatchObject({ kind: "done" });
    expect(await performHttp(call(target.url), asking)).toMatchObject({ kind: "unknown", code: "connection-lost" });
    expect(keys(target.heard)).toBe(2);
  });

  test("is not taken for a new one that breaks: that may have been received", async () => {
    const target = await startRawTarget((socket) => {
      socket.once("data", () => socket.destroy());
    });
    expect(await perform(call(target.url))).toMatchObject({ kind: "unknown", code: "connection-lost" });
    expect(target.connections).toBe(1);
  });

  test("is not taken for one that broke within its answer", async () => {
    const target = await startRawTarget((socket) => {
      let asked = 0;
      socket.on("data", () => {
        asked += 1;
        if (asked === 1) socket.write(ok);
        else socket.end("HTTP/1.1 2");
      });
    });
    await perform(call(target.url));
    expect(await perform(call(target.url))).toMatchObject({ kind: "unknown" });
    expect(target.connections).toBe(1);
  });

  test("is tried anew once: a target that hangs up again has not answered", async () => {
    const target = await startRawTarget((socket, number) => {
      socket.once("data", () => {
        if (number > 0) return socket.destroy();
        socket.write(ok);
        return socket.once("data", () => socket.destroy());
      });
    });
    await perform(call(target.url));
    expect(await perform(call(target.url))).toMatchObject({
      kind: "unknown",
      code: "connection-lost",
      answer: { reconnected: true },
    });
    expect(target.connections).toBe(2);
  });

  test("costs no call of many in a row when the target closes each shortly after its answer", async () => {
    const target = await startRawTarget((socket) => {
      socket.on("data", () => socket.write(ok, () => setTimeout(() => socket.end(), 3)));
    });
    for (let number = 0; number < 60; number += 1) {
      expect(await perform(call(target.url))).toMatchObject({ kind: "done" });
      await new Promise((resolve) => setTimeout(resolve, number % 6));
    }
  });
});
