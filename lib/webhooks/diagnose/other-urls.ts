import type { DiagnoseHints } from "#lib/webhooks/diagnose/diagnosis.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

const URLS_MAX = 16;

/** URLs that a sender may have signed instead of the configured one, the likeliest first. */
export function otherUrls(url: string | null, request: WebhookRequest, hints: DiagnoseHints): readonly string[] {
  const path = /^[a-z]+:\/\/[^/]*/i.test(request.url) ? request.url.replace(/^[a-z]+:\/\/[^/]*/i, "") : request.url;
  const host =
    request.headers.find(([name]) => name.toLowerCase() === "x-forwarded-host")?.[1] ??
    request.headers.find(([name]) => name.toLowerCase() === "host")?.[1];
  const known = [
    ...(url === null ? [] : [url]),
    ...(hints.otherUrls ?? []),
    ...(host === undefined ? [] : [`https://${host}${path}`, `http://${host}${path}`]),
  ];
  const varied = [...known.flatMap(usualVariants), ...(url === null ? [] : rareVariants(url))];
  return [...new Set(varied)].filter((each) => each !== url).slice(0, URLS_MAX);
}

function usualVariants(url: string): string[] {
  const [base = "", query] = url.split("?", 2);
  const tail = query === undefined ? "" : `?${query}`;
  return [
    url,
    url.replace(/^https:/, "http:"),
    url.replace(/^http:/, "https:"),
    base.endsWith("/") ? base.slice(0, -1) + tail : `${base}/${tail}`,
    base,
  ];
}

/** The port written or left out, the query in another order, escapes decoded. */
function rareVariants(url: string): string[] {
  const [base = "", query = ""] = url.split("?", 2);
  const fields = query.split("&");
  const ported = /^https:\/\/[^/:]+:443(?=\/|$)/.test(base)
    ? url.replace(":443", "")
    : url.replace(/^(https:\/\/[^/:]+)(?=\/|\?|$)/, "$1:443").replace(/^(http:\/\/[^/:]+)(?=\/|\?|$)/, "$1:80");
  return [
    ported,
    ...(fields.length > 1
      ? [`${base}?${[...fields].sort().join("&")}`, `${base}?${[...fields].reverse().join("&")}`]
      : []),
    url.replace(/^(https?:\/\/)(www\.)?/, (_, scheme: string, www?: string) =>
      www === undefined ? `${scheme}www.` : scheme,
    ),
    decoded(url),
  ];
}

function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
