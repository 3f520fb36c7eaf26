import { type Passing, refusedBy, type Stage } from "#lib/door/passing.ts";
import { refuse } from "#lib/door/refusals.ts";
import type { Verdict } from "#lib/door/verdict.ts";
import { verifySender } from "#lib/door/verify-request.ts";
import { answerHandshake, type HandshakeAnswer, type HandshakeSettings } from "#lib/webhooks/handshake.ts";

/** Answers a sender's check of the address; goes on when the request is none, or is wanted as an event. */
export const shakeHands: Stage = (passing) => {
  const { receiver, request } = passing;
  const { provider, secrets, settings, paused } = receiver;
  if (provider.handshakes.length === 0) return null;
  const known = { secrets: secrets.map(({ text }) => text), options: settings.options };
  const answer = answerHandshake(provider, request, known);
  if (answer === null || (paused && !answer.worksWhilePaused)) return null;
  const methods: readonly string[] = settings.methods;
  if (answer.probe && methods.includes(request.method)) return null;
  return answer.verifyFirst ? shakeVerified(passing, answer, known) : shake(passing, answer);
};

/** The answer may be made with the secret that verified. */
async function shakeVerified(passing: Passing, answer: HandshakeAnswer, known: HandshakeSettings): Promise<Verdict> {
  const refused = await verifySender(passing);
  if (refused !== null) return refused;
  const { receiver, request, secretIndex } = passing;
  return shake(passing, answerHandshake(receiver.provider, request, known, secretIndex ?? 0) ?? answer);
}

function shake(passing: Passing, answer: HandshakeAnswer): Verdict {
  if (answer.status < 400) return { kind: "handshake", handshake: answer };
  return refusedBy(passing, { ...refuse("field-mismatch", answer.body), status: answer.status });
}
