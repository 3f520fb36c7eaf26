import { CircleCheck, CircleDashed, CirclePause, OctagonX } from "#components/icons.ts";
import { Badge } from "#components/ui/badge.tsx";
import type { EndpointHealth } from "#lib/views/endpoint-views.ts";

const LOOKS = {
  waiting: { label: "Waiting", tone: "neutral", Icon: CircleDashed },
  ok: { label: "Receiving", tone: "ok", Icon: CircleCheck },
  refusing: { label: "Refusing", tone: "bad", Icon: OctagonX },
  paused: { label: "Paused", tone: "hold", Icon: CirclePause },
} as const;

/** How an endpoint is, in one word; the sentence on hover. */
export function HealthBadge({ health }: { health: EndpointHealth }) {
  const { label, tone, Icon } = LOOKS[health.kind];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />} title={health.sentence}>
      {label}
    </Badge>
  );
}
