import { createRequire } from "node:module";
import type { SigningKeys } from "#lib/webhooks/sign-delivery.ts";
import type { HeaderList, VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

const load = createRequire(import.meta.url);
/** The packages are read as plain JavaScript: their own types are of many ages. */
export const oracle = <T>(name: string): T => load(name) as T;

/** What of a delivery a package signs. */
type ToSign = { readonly body: string; readonly url: string; readonly at: Date; readonly secret: string };

/**
 * One provider's own package: `sign` returns the headers it makes (and the URL, where it changes it), `verify` its
 * verdict.
 */
export type ProviderPackage = {
  readonly name: string;
  readonly provider: string;
  readonly scheme?: string;
  readonly secret: string;
  readonly headers?: HeaderList;
  readonly body?: string;
  readonly sign?: (
    what: ToSign,
  ) => Promise<{ readonly headers: HeaderList; readonly url?: string; readonly body?: string }>;
  readonly verify?: (
    request: WebhookRequest,
    setup: { readonly keys: SigningKeys; readonly settings: VerificationSettings },
  ) => Promise<boolean>;
  /** The package compares with the real clock, so deliveries are made now. */
  readonly realClock?: boolean;
  /** The proof does not cover the body, by the sender's own design. */
  readonly bodyNotCovered?: boolean;
};

/** The value of a header of a request. */
export const header = (request: WebhookRequest, name: string): string =>
  request.headers.find(([sent]) => sent.toLowerCase() === name)?.[1] ?? "";
/** The body as text. */
export const text = (request: WebhookRequest): string => Buffer.from(request.body).toString("utf8");
/** Whether a check neither throws nor says false. */
export const quietly = async (check: () => unknown): Promise<boolean> => {
  try {
    return (await check()) !== false;
  } catch {
    return false;
  }
};
/** Headers as an object with lower-case names. */
export const record = (headers: HeaderList): Record<string, string> =>
  Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
