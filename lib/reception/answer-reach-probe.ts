import type { RequestHead, SenderAnswer } from "#lib/door/request-head.ts";
import { answerWith } from "#lib/door/sender-answers.ts";
import { answerReachQuestion } from "#lib/platform/reach-proof.ts";

/** Answers the instance's own call to its public address; null for every other request to an address nobody made. */
export function answerReachProbe(head: RequestHead): SenderAnswer | null {
  if (head.method !== "GET" || !head.token.startsWith("reach-")) return null;
  const facts = { https: head.https, ip: head.clientIp, through: head.through };
  const answer = answerReachQuestion(head.token, facts, head.receivedAt);
  return answer === null ? null : answerWith(200, [["content-type", "application/json"]], answer);
}
