const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/;
const VALUE_CHARACTERS_MAX = 5_000;

/** Headers that say where a message ends and how it travels (RFC 9110 §7.6, RFC 9112 §6): the server's own. */
const FRAMING = new RegExp(
  `^(?:${[
    "connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade",
    "content-length|content-encoding|content-range|content-md5|date|via|alt-svc|host|expect|http2-settings",
    "x-request-id|x-hookline-.*|x-forwarded-.*|forwarded|x-real-ip|x-middleware-.*",
  ].join("|")})$`,
);

/** Headers by which a proxy in front of Hookline would fetch, send or route something else. */
const PROXY = /^(?:x-accel-.*|x-sendfile.*|x-lighttpd-.*|x-litespeed-.*|x-reproxy-.*|surrogate-.*|proxy-.*)$/;

/** Headers by which a browser trusts, keeps, shares, reports or runs something: nothing on `/in` may ask for that. */
const SECURITY = new RegExp(
  `^(?:${[
    "set-cookie2?|clear-site-data|set-login|sec-.*|www-authenticate|authentication-info",
    "access-control-.*|timing-allow-origin|cross-origin-.*|origin-.*|service-worker.*|sourcemap|x-sourcemap",
    "content-security-policy.*|x-content-security.*|x-webkit-.*|permissions-policy.*|feature-policy|document-policy.*",
    "referrer-policy|strict-transport-security|public-key-pins.*|expect-ct|x-content-type-options|x-frame-options",
    "x-xss-.*|x-permitted-.*|x-download-.*|x-dns-.*|x-ua-.*|x-robots-.*|x-powered-by",
    "cache-control|cdn-cache-control|expires|pragma|age|vary|no-vary-search|refresh|link|speculation-rules",
    "supports-loading-mode|report-to|reporting-endpoints|nel|accept-ch.*|critical-ch|activate-storage-access",
    "attribution-reporting-.*|observe-browsing-topics|use-as-dictionary",
  ].join("|")})$`,
);

/** Why this header may not stand in an answer to a sender; null = it may. Case of the name does not matter. */
export function answerHeaderProblem(name: string, value: string): string | null {
  const lower = name.toLowerCase();
  if (!NAME.test(name) || name === "__proto__") return `"${name.slice(0, 60)}" is not a header name.`;
  if (lower === "content-type") return "The content type is a field of its own.";
  if (FRAMING.test(lower)) return `The header ${name} may not be set in an answer: the server sets it itself.`;
  if (PROXY.test(lower)) return `The header ${name} may not be set in an answer: a proxy in front would act on it.`;
  if (SECURITY.test(lower))
    return `The header ${name} may not be set in an answer: it tells browsers what to trust, keep or run.`;
  if (value.length > VALUE_CHARACTERS_MAX)
    return `The header ${name} is longer than ${VALUE_CHARACTERS_MAX} characters.`;
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
    return `The header ${name} holds a line break or a character that headers cannot carry.`;
  if (lower === "location" && !isWebAddress(value)) return "Location must be a whole http:// or https:// address.";
  return null;
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text.trim());
  return url !== null && (url.protocol === "http:" || url.protocol === "https:");
}
