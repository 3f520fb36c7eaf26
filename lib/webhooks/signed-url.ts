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
  const query = rawQuery(requestUrl);
  const url = query === "" ? publicUrl : `${publicUrl.split("?", 1)[0] ?? publicUrl}?${query}`;
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
