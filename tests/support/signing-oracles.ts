import { oracle } from "#tests/support/provider-package.ts";

/** Stripe's package. */
export function stripe(): {
  webhooks: {
    generateTestHeaderString(options: object): string;
    constructEvent(body: string, header: string, secret: string): unknown;
  };
} {
  const Stripe = oracle<
    { default?: new (key: string) => ReturnType<typeof stripe> } & (new (key: string) => ReturnType<typeof stripe>)
  >("stripe");
  return new (Stripe.default ?? Stripe)("sk_test_x");
}

/** The webhooks of Twilio's package. */
export function twilio(): {
  getExpectedTwilioSignature(token: string, url: string, params: object): string;
  validateRequest(token: string, signature: string, url: string, params: object): boolean;
  validateRequestWithBody(token: string, signature: string, url: string, body: string): boolean;
} {
  return oracle("twilio/lib/webhooks/webhooks");
}

/** The fields of a form as Twilio's package takes them: a repeated one is a list. */
export function formOf(body: string): Record<string, string | string[]> {
  const fields = new URLSearchParams(body);
  return Object.fromEntries(
    [...new Set(fields.keys())].map((name) => [
      name,
      fields.getAll(name).length > 1 ? fields.getAll(name) : (fields.get(name) ?? ""),
    ]),
  );
}

/** A payment notification as Adyen sends it. */
export type AdyenMessage = {
  notificationItems: Array<{ NotificationRequestItem: { additionalData: { hmacSignature: string } } }>;
};

/** The HMAC validator of Adyen's package. */
export function adyen(): {
  calculateHmac(data: unknown, key: string): string;
  validateHMAC(item: unknown, key: string): boolean;
  validateHMACSignature(key: string, signature: string, data: string): boolean;
} {
  return new (oracle<{ default: new () => ReturnType<typeof adyen> }>(
    "@adyen/api-library/lib/src/utils/hmacValidator",
  ).default)();
}

/** Sanity's package. */
export function sanity(): {
  encodeSignatureHeader(body: string, at: number, secret: string): Promise<string>;
  isValidSignature(body: string, header: string, secret: string): Promise<boolean>;
} {
  return oracle("@sanity/webhook");
}

/** The requests of Contentful's package. */
export function contentful(): {
  signRequest(secret: string, request: object, at: number): Record<string, string>;
  verifyRequest(secret: string, request: object): boolean;
} {
  return oracle("@contentful/node-apps-toolkit/requests");
}

/** The webhook of Coinbase Commerce's package. */
export function coinbase(): {
  computeSignature(body: string, secret: string): string;
  verifySigHeader(body: string, signature: string, secret: string): boolean;
} {
  return oracle("coinbase-commerce-node/lib/Webhook");
}

/** The webhooks of WorkOS's package. */
export function workos(): {
  computeSignature(at: number, payload: unknown, secret: string): Promise<string>;
  verifyHeader(options: object): Promise<boolean>;
} {
  const { WorkOS } = oracle<{ WorkOS: new (key: string) => { webhooks: ReturnType<typeof workos> } }>(
    "@workos-inc/node",
  );
  return new WorkOS("sk_test").webhooks;
}
