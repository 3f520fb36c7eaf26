import { canonicalPath } from "#lib/webhooks/canonical-path.ts";
import { rawQuery } from "#lib/webhooks/headers.ts";

/** HubSpot decodes exactly these before it hashes the URI (developers.hubspot.com, "Validating requests"). */
const HUBSPOT_DECODED: Readonly<Record<string, string>> = {
  "%3A": ":",
  "%2F": "/",
  "%3F": "?",
  "%40": "@",
  "%21": "!",
  "%24": "$",
  "%27": "'",
  "%28": "(",
  "%29": ")",
  "%2A": "*",
  "%2C": ",",
  "%3B": ";",
};

/**
 * The texts a sender may have signed as its URL: the configured public URL with the query of this very request,
 * because senders sign the query they send. Host and forwarding headers of the request never take part.
 * Empty when no public URL is configured.
 */
export function signedUrls(
  form: "exact" | "hubspot" | "twilio",
  publicUrl: string | undefined,
  requestUrl: string,
): readonly string[] {
  if (!publicUrl) return [];
  const given = formsOf(form, withQuery(publicUrl, requestUrl));
  const asSent = spelledAsSent(publicUrl, requestUrl);
  return asSent === null ? given : [...given, ...formsOf(form, withQuery(asSent, requestUrl))];
}

function withQuery(url: string, requestUrl: string): string {
  const query = rawQuery(requestUrl);
  return query === "" ? url : `${url.split("?", 1)[0] ?? url}?${query}`;
}

/**
 * The public URL with its path spelled as the request spelled it (a slash at the end, an escaped letter); null when
 * both are spelled alike, or the public URL leads elsewhere than the request did.
 */
function spelledAsSent(publicUrl: string, requestUrl: string): string | null {
  const sent = requestUrl.split("?", 1)[0] ?? "";
  if (publicUrl.endsWith(sent)) return null;
  const given = canonicalPath(sent);
  return given === sent || !publicUrl.endsWith(given) ? null : publicUrl.slice(0, -given.length) + sent;
}

function formsOf(form: "exact" | "hubspot" | "twilio", url: string): readonly string[] {
  switch (form) {
    case "exact":
      return [url];
    case "hubspot": {
      const decoded = url.replace(
        /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi,
        (escaped) => HUBSPOT_DECODED[escaped.toUpperCase()] ?? escaped,
      );
      // Its documentation decodes, its own package (@hubspot/api-client) does not.
      return decoded === url ? [url] : [decoded, url];
    }
    case "twilio":
      return [url, ...otherPortForm(url)];
  }
}

/**
 * Twilio signs with or without the standard port, and its own library tries both (twilio-node,
 * lib/webhooks/webhooks.js).
 */
function otherPortForm(url: string): readonly string[] {
  const parts = /^(https?):\/\/([^/?#]*?)(:\d+)?([/?#].*)?$/.exec(url);
  if (!parts) return [];
  const [, scheme = "", host = "", port, rest = ""] = parts;
  return [
    port === undefined ? `${scheme}://${host}:${scheme === "https" ? 443 : 80}${rest}` : `${scheme}://${host}${rest}`,
  ];
}
