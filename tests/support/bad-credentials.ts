import type { HeaderList, WebhookRequest } from "#lib/webhooks/types.ts";

/** One way to get a credential wrong: the request as it would come. */
export type BadRequest = { readonly what: string; readonly request: WebhookRequest };

/**
 * Every way to get the credential of a genuine request wrong: each header that signing added is left out, emptied,
 * mangled and repeated. For senders that sign in the body or the query, the body is changed.
 */
export function badCredentials(unsigned: WebhookRequest, signed: WebhookRequest): BadRequest[] {
  const plain = new Set(unsigned.headers.map(([name]) => name.toLowerCase()));
  const added = signed.headers.filter(([name]) => !plain.has(name.toLowerCase()));
  const changed: BadRequest[] = [
    { what: "the body changed", request: { ...signed, body: Buffer.concat([signed.body, Buffer.from(" ")]) } },
  ];
  // Their credential stands in the body or the query; without one they are not told apart here.
  if (added.length === 0)
    return [
      { what: "no credential", request: unsigned },
      { what: "64 KB of zeros", request: { ...unsigned, body: Buffer.from(`{"signature":"${"0".repeat(65_536)}"}`) } },
    ];
  return [
    { what: "no credential", request: { ...signed, headers: unsigned.headers } },
    ...added.flatMap(([name, value]) => [
      { what: `no ${name}`, request: { ...signed, headers: without(signed.headers, name) } },
      { what: `${name} twice`, request: { ...signed, headers: [...signed.headers, [name, value] as const] } },
      ...mangled(value).map(([what, bad]) => ({
        what: `${name} ${what}`,
        request: { ...signed, headers: [...without(signed.headers, name), [name, bad] as const] },
      })),
    ]),
    ...(isOverBody(signed) ? changed : []),
  ];
}

function mangled(value: string): ReadonlyArray<readonly [what: string, value: string]> {
  const prefix = /^[\w-]{1,12}[=,:. ]/.exec(value)?.[0] ?? "";
  return [
    ["empty", ""],
    ["its prefix alone", prefix],
    ["v1 alone", "v1,"],
    ["one character", "="],
    ["cut short", value.slice(0, Math.floor(value.length / 3))],
    ["made longer", `${value}00`],
    ["of 10 KB", `${prefix}${"0".repeat(10_000)}`],
    ["a list of wrong ones", Array.from({ length: 300 }, () => `${prefix}${"0".repeat(20)}`).join(",")],
    ["no number and no text", "NaN"],
    ["bytes beyond ASCII", "\u00ff\u00fe"],
    ["a percent-encoded NUL", `${value}%00`],
  ];
}

/** A token says nothing about the body. */
function isOverBody({ headers }: WebhookRequest): boolean {
  return headers.some(([name]) => /signature|hmac/i.test(name));
}

function without(headers: HeaderList, name: string): HeaderList {
  return headers.filter(([sent]) => sent.toLowerCase() !== name.toLowerCase());
}
