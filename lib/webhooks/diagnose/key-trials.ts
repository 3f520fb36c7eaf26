import { createPublicKey } from "node:crypto";
import type { Trial } from "#lib/webhooks/diagnose/diagnosis.ts";
import type { AsymmetricScheme } from "#lib/webhooks/scheme-types.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

/** Guesses about a public key that was pasted in another form, and about a signature in another writing. */
export function* keyTrials(
  scheme: AsymmetricScheme,
  request: WebhookRequest,
  settings: VerificationSettings,
): Generator<Trial> {
  for (const [how, secrets] of [
    ["in hexadecimal", settings.secrets.map((secret) => secret.replace(/^0x/i, ""))],
    ["decoded from base64", settings.secrets.map((secret) => rewritten(secret, "base64", "hex"))],
    ["decoded from hexadecimal", settings.secrets.map((secret) => rewritten(secret, "hex", "base64"))],
    ["taken out of its PEM form", settings.secrets.map((secret) => rawFromPem(secret, scheme))],
  ] as const)
    if (secrets.some((secret, index) => secret !== settings.secrets[index]))
      yield {
        mistake: "secret-encoding",
        message: `The signature matches the public key ${how}.`,
        advice: "Paste the key again in the form this sender shows it.",
        settings: { ...settings, secrets },
      };
  const name = scheme.signature.header;
  for (const [how, from] of [
    ["hexadecimal", "hex"],
    ["base64", "base64"],
    ["base64url", "base64url"],
  ] as const) {
    if (from === scheme.encoding || name === undefined) continue;
    yield {
      mistake: "signature-encoding",
      message: `The signature is right, but written as ${how}; expected is ${scheme.encoding}.`,
      advice: "Something on the way rewrites the header, or the sender is another one.",
      request: {
        ...request,
        headers: request.headers.map(([header, value]) =>
          header.toLowerCase() === name
            ? ([header, Buffer.from(value, from).toString(scheme.encoding)] as const)
            : ([header, value] as const),
        ),
      },
    };
  }
}

/** The guess that a secret of a scheme without guesses of its own was pasted with something around it. */
export function* cleanSecrets(settings: VerificationSettings): Generator<Trial> {
  const secrets = settings.secrets.map((secret) => secret.trim().replace(/^(["'`])(.*)\1$/s, "$2"));
  if (secrets.some((secret, index) => secret !== settings.secrets[index]))
    yield {
      mistake: "secret-whitespace",
      message: "The request verifies with the secret without the spaces, line breaks or quotation marks around it.",
      advice: "Paste the secret again without them.",
      settings: { ...settings, secrets },
    };
}

/** The guess that PayPal's simulator sent it: it signs for a webhook id that everybody knows. */
export function simulatorTrial(settings: VerificationSettings): Trial {
  return {
    mistake: "public-secret",
    message: "The delivery comes from PayPal's simulator, which signs for the webhook id WEBHOOK_ID.",
    advice: "It proves nothing about your webhook and is never accepted: make a payment in the sandbox instead.",
    settings: { ...settings, secrets: ["WEBHOOK_ID"] },
  };
}

function rewritten(secret: string, from: "hex" | "base64", to: "hex" | "base64"): string {
  const bytes = Buffer.from(secret.trim(), from);
  return bytes.byteLength >= 32 && bytes.toString(from).toLowerCase() === secret.trim().toLowerCase()
    ? bytes.toString(to)
    : secret;
}

/** The 32 bytes of an Ed25519 key in PEM, or in the DER form that PEM wraps. */
function rawFromPem(secret: string, scheme: AsymmetricScheme): string {
  if (scheme.algorithm !== "ed25519") return secret;
  try {
    const key = createPublicKey(
      secret.includes("-----BEGIN") ? secret : { key: Buffer.from(secret, "base64"), format: "der", type: "spki" },
    );
    const raw = Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
    return raw.byteLength === 32 ? raw.toString(scheme.publicKey === "raw-hex" ? "hex" : "base64") : secret;
  } catch {
    return secret;
  }
}
