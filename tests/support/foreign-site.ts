import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A site on an origin of its own whose pages are made by the tests. */
export type ForeignSite = {
  origin: string;
  /** Puts a page or script there, with its content security policy, and gives its address. */
  page(path: string, html: string, policy?: string): string;
  close(): Promise<void>;
};

/** Starts one on loopback. */
export async function openForeignSite(): Promise<ForeignSite> {
  const pages = new Map<string, { html: string; policy: string | undefined }>();
  const server: Server = createServer((request, response) => {
    const found = pages.get(request.url ?? "");
    if (found === undefined) return void response.writeHead(request.url === "/favicon.ico" ? 204 : 404).end();
    const type = request.url?.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
    response.writeHead(200, {
      "content-type": type,
      ...(found.policy === undefined ? {} : { "content-security-policy": found.policy }),
    });
    response.end(found.html);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    page(path, html, policy) {
      pages.set(path, { html, policy });
      return `${origin}${path}`;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A whole HTML document around what stands in its body. */
export function pageOf(inside: string): string {
  return `<!doctype html><html lang="en"><head><title>Shop</title></head><body><main>${inside}</main></body></html>`;
}
