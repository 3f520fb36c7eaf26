import { type createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import type { Scheme } from "#lib/webhooks/scheme-types.ts";
import type { SigningKeys } from "#lib/webhooks/sign-delivery.ts";
import type { FetchTextResult, VerificationSettings } from "#lib/webhooks/types.ts";

/** Where the endpoint of these tests is. */
export const PUBLIC_URL = "https://hooks.example.com/in/abc123";

const RSA_KEY = readFileSync("tests/fixtures/sender/rsa.key.pem", "utf8");
const RSA_CERTIFICATE = readFileSync("tests/fixtures/sender/rsa.cert.pem", "utf8");
const TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:MyTopic";
const EMAIL = "push@my-project.iam.gserviceaccount.com";
const ed25519 = generateKeyPairSync("ed25519");
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** What a sender signs with and what its owner would enter here, for one scheme. */
export type SenderSetup = {
  readonly keys: SigningKeys;
  readonly settings: VerificationSettings;
  readonly fetchText: () => Promise<FetchTextResult>;
};

/** Makes keys, settings and the sender's key server for a scheme; `other` gives a second, different secret. */
export function senderSetup(provider: Provider, scheme: Scheme, other = false): SenderSetup {
  const options: Record<string, string> = {};
  for (const field of provider.optionFields)
    if (field.defaultValue !== undefined) options[field.id] = field.defaultValue;
  Object.assign(options, {
    topicArn: TOPIC_ARN,
    serviceAccountEmail: EMAIL,
    organizationId: "00D300000000TTTEAA",
    tenantId: "84bd8158-6d4d-4958-8b9f-9d6445542f95",
    verifyToken: "meatyhamhock",
    clientId: "client",
  });
  if (provider.id === "azure-event-grid") options["audience"] = "api://hookline";
  const base = { scheme: scheme.id, publicUrl: PUBLIC_URL, options };
  const fetchText = async (): Promise<FetchTextResult> => ({
    kind: "ok",
    pinned: true,
    text:
      provider.id === "aws-sns" || provider.id === "paypal"
        ? RSA_CERTIFICATE
        : JSON.stringify({
            keys: [{ ...createPublicKey(RSA_KEY).export({ format: "jwk" }), kid: "k1", alg: "RS256" }],
          }),
  });
  const secret = secretOf(provider, scheme, other);
  if (scheme.kind === "asymmetric") {
    const pair = scheme.algorithm === "ed25519" ? ed25519 : p256;
    return {
      keys: { secret: "", privateKey: pem(pair.privateKey) },
      settings: { ...base, secrets: [publicText(scheme.publicKey, other)] },
      fetchText,
    };
  }
  if (scheme.kind === "jwt" && scheme.keys.from === "jwks")
    return { keys: { secret: "", privateKey: RSA_KEY, keyId: "k1" }, settings: { ...base, secrets: [] }, fetchText };
  if (provider.id === "plaid")
    return {
      keys: { secret: "", privateKey: pem(p256.privateKey), keyId: "k1" },
      settings: {
        ...base,
        secrets: [
          other ? publicPem(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey) : publicPem(p256.publicKey),
        ],
      },
      fetchText,
    };
  if (provider.id === "aws-sns")
    return { keys: { secret: "", privateKey: RSA_KEY }, settings: { ...base, secrets: [] }, fetchText };
  return {
    keys: { secret, ...(provider.id === "paypal" ? { privateKey: RSA_KEY } : {}) },
    settings: { ...base, secrets: [secret] },
    fetchText,
  };
}

function secretOf(provider: Provider, scheme: Scheme, other: boolean): string {
  const letter = other ? "o" : "s";
  if (scheme.kind === "choice")
    return provider.id === "supabase" || provider.id === "gitlab"
      ? `plain-${letter}`
      : provider.id === "adyen"
        ? (other ? "ab" : "cd").repeat(32)
        : `whsec_${Buffer.from(letter.repeat(32)).toString("base64")}`;
  if (scheme.kind === "custom" && scheme.verifier === "contentful") return letter.repeat(64);
  if (scheme.kind === "custom" && scheme.verifier === "adyen-payment") return (other ? "ab" : "cd").repeat(32);
  if (scheme.kind === "hmac" && scheme.key?.decode === "hex") return (other ? "ab" : "cd").repeat(32);
  if (scheme.kind === "hmac" && scheme.key?.decode === "base64") {
    const prefix = scheme.key.stripPrefixes?.includes("whsec_") ? "whsec_" : "";
    return `${prefix}${Buffer.from(letter.repeat(32)).toString("base64")}`;
  }
  if (scheme.kind === "token" && scheme.prefix === "basic") return `user:p:ss-${letter}ðrd`;
  return `${letter}3cret-Key_of-thirty-two-letters-ok`;
}

function publicText(form: "raw-hex" | "raw-base64" | "spki-der-base64", other: boolean): string {
  if (form === "spki-der-base64")
    return (other ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : p256).publicKey
      .export({ format: "der", type: "spki" })
      .toString("base64");
  const raw = Buffer.from(
    (other ? generateKeyPairSync("ed25519") : ed25519).publicKey.export({ format: "jwk" }).x ?? "",
    "base64url",
  );
  return form === "raw-hex" ? raw.toString("hex") : `whpk_${raw.toString("base64")}`;
}

function pem(key: ReturnType<typeof createPrivateKey>): string {
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}

function publicPem(key: ReturnType<typeof createPublicKey>): string {
  return key.export({ format: "pem", type: "spki" }).toString();
}
