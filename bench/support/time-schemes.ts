import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest, signDelivery } from "#lib/webhooks/sign-delivery.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { PUBLIC_URL, senderSetup } from "#tests/support/provider-keys.ts";

/** One provider for each kind of signature. */
const KINDS = [
  ["github", "HMAC-SHA256 (GitHub)"],
  ["stripe", "HMAC-SHA256 with a timestamp (Stripe)"],
  ["twilio", "HMAC-SHA1 over URL and form (Twilio)"],
  ["gitlab", "token in a header (GitLab)"],
  ["sendgrid", "ECDSA P-256 (SendGrid)"],
  ["discord", "Ed25519 (Discord)"],
  ["aws-sns", "RSA with a certificate (SNS)"],
  ["google-pubsub", "JWT, RS256 (Google Pub/Sub)"],
] as const;
const BODY_BYTES = 1_300;
const ROUNDS = 5;
const TIMES = 2_000;

/** Microseconds of one verification, the best of five rounds of 2,000, for each kind of signature. */
export async function timeSchemes(): Promise<Array<{ label: string; microseconds: number }>> {
  const timed: Array<{ label: string; microseconds: number }> = [];
  for (const [id, label] of KINDS) {
    const provider = getProvider(id);
    const { keys, settings, fetchText } = senderSetup(provider, provider.schemes[0]);
    const now = new Date();
    const sample = sampleRequest(provider, PUBLIC_URL);
    // Senders of JSON get a body of the usual size; the others' samples have a form that their signature needs.
    const grown = id === "github" || id === "stripe" || id === "sendgrid" || id === "discord";
    const signed = await signDelivery(
      provider,
      grown ? { ...sample, body: Buffer.alloc(BODY_BYTES, "a") } : sample,
      keys,
      settings,
      now,
    );
    if (signed.kind !== "signed") throw new Error(`${id}: ${signed.message}`);
    const outcome = await verify(provider, signed.request, settings, { now, fetchText });
    if (outcome.kind !== "verified") throw new Error(`${id} does not verify what it signed.`);
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedMs = performance.now();
      for (let time = 0; time < TIMES; time += 1) await verify(provider, signed.request, settings, { now, fetchText });
      best = Math.min(best, (performance.now() - startedMs) / TIMES);
    }
    timed.push({ label, microseconds: best * 1_000 });
  }
  return timed;
}
