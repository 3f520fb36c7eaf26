import { addEndpointSecret } from "#lib/commands/endpoints/add-endpoint-secret.ts";
import { KIB, SECOND } from "#lib/core/units.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { makeDeadline } from "#lib/platform/egress/deadline.ts";
import { agentFor } from "#lib/platform/egress/http-agents.ts";
import { sendHttp } from "#lib/platform/egress/send-http.ts";
import { env } from "#lib/platform/env.ts";
import { log } from "#lib/platform/log.ts";
import type { HandshakeEffect } from "#lib/webhooks/handshake.ts";

const CONFIRM_MS_MAX = 10 * SECOND;

/**
 * Does what a handshake asks for besides its answer, without making the sender wait: calls the confirmation address
 * through the egress guard, or keeps the secret the sender offers while the endpoint has none.
 */
export function performHandshakeEffect(receiver: Receiver, effect: HandshakeEffect): void {
  perform(receiver, effect).catch((error: unknown) => {
    log({ endpointId: receiver.endpointId }).warn({ error, effect: effect.kind }, "a handshake could not be completed");
  });
}

async function perform(receiver: Receiver, effect: HandshakeEffect): Promise<void> {
  switch (effect.kind) {
    case "confirm-subscription": {
      const { egressAllow, egressLocked } = env();
      const message = { method: "GET", url: effect.confirmUrl, headers: [], body: null, responseBytesMax: 16 * KIB };
      const sent = await sendHttp(
        agentFor({ allow: egressAllow, permissions: [], locked: egressLocked }),
        message,
        makeDeadline(CONFIRM_MS_MAX),
      );
      log({ endpointId: receiver.endpointId }).info({ outcome: sent.kind }, "confirmed a subscription");
      return;
    }
    case "offer-secret": {
      const actor = { kind: "system", id: "handshake", workspaceId: receiver.workspaceId, role: "admin" } as const;
      await addEndpointSecret(actor, receiver.endpointId, {
        secret: effect.secret,
        label: `offered by ${receiver.provider.name}`,
      });
    }
  }
}
