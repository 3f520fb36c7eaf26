import { createHash } from "node:crypto";
import { Agent, request } from "node:http";

/** A delivery as its sender knows it: what it sent, and the answer that let it stop. */
export type Ack = { delivery: string; bodySha256: string; eventId: string; tries: number };

/** Sends deliveries until `isOver`, each again with the same id until it gets a 2xx; returns what was promised. */
export async function sendEvents(
  url: string,
  options: {
    connections: number;
    isOver: () => boolean;
    max: number;
    everyMs?: number;
    bodyOf?: (n: number) => unknown;
  },
): Promise<Ack[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const acks: Ack[] = [];
  let next = 0;
  const sender = async () => {
    while (!options.isOver() && next < options.max) {
      const delivery = `delivery-${(next += 1)}`;
      const body = JSON.stringify(options.bodyOf?.(next) ?? usualBody(delivery, next));
      const ack = await untilAcked(agent, url, delivery, body);
      acks.push(ack);
      if (options.everyMs !== undefined) await pause(options.everyMs);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, sender));
  agent.destroy();
  return acks;
}

function usualBody(delivery: string, n: number): unknown {
  const list = Array.from({ length: 40 }, (_, index) => ({ index, name: `item ${index}` }));
  return { delivery, n, note: "\u00e9\u0000".repeat(20), list };
}

async function untilAcked(agent: Agent, url: string, delivery: string, body: string): Promise<Ack> {
  for (let tries = 1; tries <= 600; tries += 1) {
    const answer = await post(agent, url, delivery, body);
    if (answer !== null && answer.status >= 200 && answer.status < 300) {
      const { event } = JSON.parse(answer.text) as { event: string };
      return { delivery, bodySha256: createHash("sha256").update(body).digest("hex"), eventId: event, tries };
    }
    await pause(100);
  }
  throw new Error(`${delivery} was never accepted.`);
}

function post(
  agent: Agent,
  url: string,
  delivery: string,
  body: string,
): Promise<{ status: number; text: string } | null> {
  return new Promise((resolve) => {
    const sent = request(
      url,
      {
        agent,
        method: "POST",
        timeout: 6_000,
        headers: { "content-type": "application/json", "x-delivery": delivery },
      },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        response.on("error", () => resolve(null));
        response.on("aborted", () => resolve(null));
      },
    );
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(null));
    sent.end(body);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
