import net from "node:net";

/** A TCP proxy whose connections a test can cut or freeze. */
export type CutProxy = {
  readonly port: number;
  /** Resets every connection and refuses new ones. */
  cut(): void;
  /** Accepts and keeps connections but passes nothing on. */
  freeze(): void;
  /** Passes on what clients say and nothing of what they are answered. */
  loseAnswers(): void;
  heal(): void;
  close(): Promise<void>;
};

/** Opens a proxy to `host:port` on loopback. */
export async function openCutProxy(target: { host: string; port: number }): Promise<CutProxy> {
  let state: "open" | "cut" | "frozen" | "deaf" = "open";
  const pairs = new Set<readonly [net.Socket, net.Socket]>();
  const server = net.createServer((client) => {
    client.on("error", () => undefined);
    if (state === "cut") {
      client.resetAndDestroy();
      return;
    }
    const upstream = net.connect(target);
    upstream.on("error", () => client.destroy());
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const pass = (from: net.Socket, to: net.Socket): void => {
      from.on("data", (chunk) => {
        if (state !== "frozen" && (state !== "deaf" || to === upstream)) to.write(chunk);
      });
      from.on("close", () => {
        to.destroy();
        pairs.delete(pair);
      });
    };
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const dropAll = (): void => {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  };
  return {
    port: (server.address() as net.AddressInfo).port,
    cut() {
      state = "cut";
      dropAll();
    },
    freeze() {
      state = "frozen";
    },
    loseAnswers() {
      state = "deaf";
    },
    heal() {
      if (state === "frozen") dropAll();
      state = "open";
    },
    async close() {
      dropAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
