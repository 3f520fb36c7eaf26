import { expect, test } from "vitest";
import { listForwardLines } from "#lib/loaders/forward-lines.ts";
import { getProvider, listProviders } from "#lib/webhooks/providers/registry.generated.ts";

const commands = (id: string) =>
  listForwardLines(getProvider(id), "http://localhost:4321", "/in/tok").map(({ command }) => command);

test("the sender's own forwarder comes first, filled in with this endpoint and port", () => {
  expect(commands("stripe")[0]).toBe("stripe listen --forward-to http://localhost:4321/in/tok");
  expect(commands("github")[0]).toBe(
    "gh webhook forward --repo=OWNER/REPO --events=push,pull_request " +
      "--url=http://localhost:4321/in/tok --secret=SECRET",
  );
  expect(commands("hookdeck")[0]).toBe("hookdeck listen 4321 --path=/in/tok");
});

test("tunnels are offered for every sender, with the right port", () => {
  expect(commands("none")).toEqual([
    "cloudflared tunnel --url http://localhost:4321",
    "ngrok http 4321",
    "tailscale funnel 4321",
    "ssh -N -R 127.0.0.1:8080:127.0.0.1:4321 you@your-server",
  ]);
});

test("no command keeps a place that was not filled", () => {
  for (const provider of listProviders())
    for (const { command } of listForwardLines(provider, "http://localhost:4321", "/in/tok"))
      expect(command, provider.id).not.toMatch(/[{}]/);
});
