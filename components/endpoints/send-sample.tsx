"use client";
import type { EndpointActions, SampleOrder } from "#components/endpoints/endpoint-actions.ts";
import { ChevronDown, Send } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { EndpointView, SampleChoice } from "#lib/views/endpoint-views.ts";

type SendSampleProps = {
  endpoint: EndpointView;
  samples: readonly SampleChoice[];
  send: EndpointActions["sendSample"];
  /** The page has another main button where this is false. */
  main: boolean;
};

/** Sends samples to the endpoint's own door: genuine, tampered, and the same one twice. */
export function SendSample({ endpoint, samples, send, main }: SendSampleProps) {
  const { pending, order } = useSendSample(endpoint, send);
  const first = samples[0]?.id ?? "json";
  return (
    <Menu
      label="Send a sample"
      trigger={
        <Button variant={main ? "primary" : "secondary"} icon={<Send aria-hidden />} pending={pending}>
          Send a sample
          <ChevronDown aria-hidden />
        </Button>
      }
      items={[
        ...samples.map(({ id, label }) => ({ label, onSelect: () => order({ sample: id, variant: "valid" }) })),
        { kind: "line" as const },
        {
          label: "Send a tampered copy",
          hint: "signed, then changed",
          onSelect: () => order({ sample: first, variant: "tampered" }),
        },
        {
          label: "Send a duplicate",
          hint: "the same one twice",
          onSelect: () => order({ sample: first, variant: "duplicate" }),
        },
      ]}
    />
  );
}

/** The one sample button of an empty inspector. */
export function SendFirstSample({
  endpoint,
  sample,
  send,
}: {
  endpoint: EndpointView;
  sample: SampleChoice;
  send: EndpointActions["sendSample"];
}) {
  const { pending, order } = useSendSample(endpoint, send);
  return (
    <Button
      icon={<Send aria-hidden />}
      pending={pending}
      onClick={() => order({ sample: sample.id, variant: "valid" })}
    >
      Send a {sample.label} sample
    </Button>
  );
}

function useSendSample(endpoint: EndpointView, send: EndpointActions["sendSample"]) {
  const { pending, run } = useAction("toast");
  const order = async (wanted: SampleOrder) => {
    const result = await run(() => send(endpoint.id, wanted));
    if (result.kind === "refused") return;
    const { status } = result.value;
    showToast(outcome(status, wanted, endpoint), { description: `The endpoint answered ${status}.` });
  };
  return { pending, order: (wanted: SampleOrder) => void order(wanted) };
}

function outcome(status: number, { variant }: SampleOrder, endpoint: EndpointView): string {
  if (status >= 400) return variant === "tampered" ? "The tampered copy was refused" : "The sample was refused";
  if (variant === "duplicate") return "Sent twice: stored once, run once";
  if (variant !== "tampered") return "The sample was accepted";
  return endpoint.settings.verification === "required"
    ? "The tampered copy was accepted"
    : "Accepted: without a signature check a changed copy looks the same";
}
