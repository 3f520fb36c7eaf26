import { EffectBody } from "#components/effects/effect-body.tsx";
import { MailEffect } from "#components/effects/mail-effect.tsx";
import { ValueView } from "#components/runs/value-view.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { HeadersTable } from "#components/ui/headers-table.tsx";
import type { Json } from "#lib/core/json.ts";
import type { EffectView as Effect } from "#lib/engine/effect-view.ts";

/** The exact call, mail, answer or value of a step, planned or performed: these bytes go out on every try. */
export function EffectView({ effect }: { effect: Effect }) {
  switch (effect.kind) {
    case "http":
      return (
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-start justify-between gap-3">
            <p className="min-w-0 font-mono text-13 [overflow-wrap:anywhere]">
              <Badge tone="accent">{effect.method}</Badge> {effect.url}
            </p>
            <CopyButton text={effect.curl}>Copy as curl</CopyButton>
          </div>
          <Headers headers={effect.headers} />
          <EffectBody body={effect.body} />
        </div>
      );
    case "email":
      return <MailEffect mail={effect} />;
    case "answer":
      return (
        <div className="flex flex-col gap-4">
          <p className="text-13">
            <Badge tone="accent">{effect.status}</Badge> to the sender of the event, if it still waits
          </p>
          <Headers headers={effect.headers} />
          <EffectBody body={effect.body} />
        </div>
      );
    case "value":
      return (
        <ValueView
          value={{ kind: "kept", value: JSON.parse(effect.json) as Json, json: effect.json }}
          label="value"
          none=""
        />
      );
  }
}

function Headers({ headers }: { headers: readonly (readonly [name: string, value: string])[] }) {
  return (
    <section>
      <h3 className="mb-1 text-13 font-medium">Headers</h3>
      <HeadersTable headers={headers} />
    </section>
  );
}
