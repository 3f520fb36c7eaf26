import type { ForwardLine } from "#lib/views/reach-views.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";

/**
 * The commands that bring senders to this machine, filled in: the sender's own forwarder first, where it has one, then
 * tunnels. `local` is where this machine reaches its own server, such as http://127.0.0.1:3000.
 */
export function listForwardLines(
  provider: Pick<Provider, "name" | "help">,
  local: string,
  path: string,
): ForwardLine[] {
  const port = new URL(local).port || "80";
  const { forwarder } = provider.help;
  const own: ForwardLine[] =
    forwarder === undefined
      ? []
      : [
          {
            id: "sender",
            title: forwarder.tool,
            by: "sender",
            command: fill(forwarder.command, { url: `${local}${path}`, local, path, port }),
            note: forwarder.note,
            docsUrl: forwarder.docsUrl,
          },
        ];
  return [
    ...own,
    ...TUNNELS.map((tunnel) => ({
      ...tunnel,
      by: "tunnel" as const,
      command: fill(tunnel.command, { local, path, port }),
    })),
  ];
}

const TUNNELS = [
  {
    id: "cloudflared",
    title: "Cloudflare quick tunnel",
    command: "cloudflared tunnel --url {local}",
    note: "No account needed; the address it prints changes with every start.",
    docsUrl:
      "https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/" +
      "do-more-with-tunnels/trycloudflare/",
  },
  {
    id: "ngrok",
    title: "ngrok",
    command: "ngrok http {port}",
    note: "Needs an account; the free plan keeps one address for you.",
    docsUrl: "https://ngrok.com/docs/http/",
  },
  {
    id: "tailscale",
    title: "Tailscale Funnel",
    command: "tailscale funnel {port}",
    note: "Needs Tailscale with Funnel allowed; the address stays the same.",
    docsUrl: "https://tailscale.com/kb/1223/funnel",
  },
  {
    id: "ssh",
    title: "A server of your own",
    command: "ssh -N -R 127.0.0.1:8080:127.0.0.1:{port} you@your-server",
    note: "Then let the server's web server pass its https address on to 127.0.0.1:8080.",
    docsUrl: null,
  },
] as const;

function fill(command: string, values: Record<string, string>): string {
  return command.replaceAll(/\{(\w+)\}/g, (written, name: string) => values[name] ?? written);
}
