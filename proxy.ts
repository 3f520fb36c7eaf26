import { type NextRequest, NextResponse } from "next/server";
import { cameByHttps, comesFromOurPage } from "#lib/auth/request-origin.ts";
import { log } from "#lib/platform/log.ts";
import { publicUrl } from "#lib/platform/public-url.ts";
import {
  contentSecurityPolicy,
  DATA_CONTENT_POLICY,
  DATA_HEADERS,
  TRANSPORT_SECURITY,
} from "#lib/platform/security-headers.ts";

/**
 * Gives every page a script nonce and the security headers, tells it its own path, and turns away acts that no page of
 * ours asked for. It authorizes nothing: every page, action and route asks for its actor itself, refuses foreign pages
 * itself, and is as safe without this file.
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  if (isPageAct(request, pathname) && !comesFromOurPage(request.headers)) return refuse(request);
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  headers.set("x-hookline-path", `${pathname}${search}`);
  const response = NextResponse.next({ request: { headers } });
  // What is set here wins over what a route sets itself.
  response.headers.set("content-security-policy", DATA_ROUTES.test(pathname) ? DATA_CONTENT_POLICY : policy);
  return withHeaders(request, response);
}

const DATA_ROUTES = /^\/api\/(?:live|ui|v1)(?:\/|$)/;
const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** These ask who comes by themselves, and the API by keys alone, which no browser adds. */
const ASKS_ITSELF = /^\/api\/(?:auth|v1)(?:\/|$)/;

/**
 * Server actions come as POST to the page they stand on; Next itself lets them through without an Origin. Where there
 * is no route, Next's page for that takes them, too.
 */
function isPageAct({ method, headers }: NextRequest, pathname: string): boolean {
  return !READS.has(method) && (headers.has("next-action") || !ASKS_ITSELF.test(pathname));
}

function refuse(request: NextRequest): NextResponse {
  const requestId = request.headers.get("x-hookline-request-id");
  const origin = request.headers.get("origin")?.slice(0, 200) ?? null;
  log(requestId === null ? undefined : { requestId }).warn(
    { path: request.nextUrl.pathname, origin },
    "refused an act that no page of ours asked for",
  );
  const said = "This request does not come from a page of Hookline. Nothing was done.\n";
  const response = new NextResponse(said, { status: 403, headers: { "content-type": "text/plain; charset=utf-8" } });
  response.headers.set("content-security-policy", DATA_CONTENT_POLICY);
  return withHeaders(request, response);
}

function withHeaders(request: NextRequest, response: NextResponse): NextResponse {
  for (const [name, value] of Object.entries(DATA_HEADERS)) response.headers.set(name, value);
  if (publicUrl().startsWith("https://") && cameByHttps(request.headers))
    response.headers.set("strict-transport-security", TRANSPORT_SECURITY);
  return response;
}

/**
 * Everything but built files, health checks, the addresses of endpoints (a proxy cuts bodies to 10 MB) and links that
 * wait for an answer: programs post to those, and they carry no cookie.
 */
export const config = {
  matcher: ["/((?!in/|answer/[\\w-]+$|_next/static/|_next/image/|icon\\.svg$|healthz$|readyz$|metrics$).*)"],
};
