"use client";
import { useState } from "react";
import { ChaosScorecard } from "#components/endpoints/chaos-scorecard.tsx";
import { useChaos } from "#components/endpoints/use-chaos.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { CHAOS_CHOICES, type ChaosChoice } from "#lib/views/chaos-views.ts";
import type { EndpointView } from "#lib/views/endpoint-views.ts";

type ChaosDialogProps = { endpoint: EndpointView; onOpenRequest: (id: string) => void };

/** Sends good, broken and hostile deliveries to the endpoint and shows how each ended. */
export function ChaosDialog({ endpoint, onOpenRequest }: ChaosDialogProps) {
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<ChaosChoice>>(new Set(CHAOS_CHOICES.map(({ id }) => id)));
  const [seed, setSeed] = useState("");
  const [choosing, setChoosing] = useState(true);
  const { test, start, stop } = useChaos(endpoint.id);
  const problem = seed === "" || /^\d{1,9}$/.test(seed) ? null : "A whole number of at most 9 digits.";
  const running = test.phase === "running";
  const run = () => {
    setChoosing(false);
    start({ variants: [...chosen], seed: seed === "" ? freshSeed() : Number(seed) });
  };
  return (
    <Dialog
      title="Test this endpoint"
      description={
        `Sends ${endpoint.provider.id === "none" ? "sample" : endpoint.provider.name} deliveries to this ` +
        "endpoint's own address, signed with its newest secret, exactly as real ones arrive."
      }
      size="wide"
      open={open}
      onOpenChange={setOpen}
      trigger={<Button>Test endpoint</Button>}
      footer={
        running ? (
          <Button onClick={stop}>Stop the test</Button>
        ) : (
          <>
            {choosing ? (
              <Button onClick={() => setOpen(false)}>Close</Button>
            ) : (
              <Button onClick={() => setChoosing(true)}>Choose deliveries</Button>
            )}
            <Button variant="primary" disabled={chosen.size === 0 || problem !== null} onClick={run}>
              {choosing ? "Start the test" : "Test again"}
            </Button>
          </>
        )
      }
    >
      {choosing ? (
        <div className="flex flex-col gap-4">
          <Warning endpoint={endpoint} />
          <fieldset className="flex flex-col gap-1">
            <legend className="mb-1 text-13 font-medium">Deliveries</legend>
            <div className="grid gap-x-6 gap-y-1 md:grid-cols-2">
              {CHAOS_CHOICES.map(({ id, label, help }) => (
                <Checkbox
                  key={id}
                  checked={chosen.has(id)}
                  onCheckedChange={(checked) =>
                    setChosen((now) => new Set(checked ? [...now, id] : [...now].filter((other) => other !== id)))
                  }
                  label={
                    <>
                      {label}
                      <span className="block text-12 text-ink-3">{help}</span>
                    </>
                  }
                />
              ))}
            </div>
          </fieldset>
          <Field
            label="Seed"
            mark="optional"
            className="max-w-64"
            error={problem}
            help="The same seed sends the same deliveries. Empty: a new one each time."
          >
            <Input inputMode="numeric" value={seed} onValueChange={(next) => setSeed(next.trim())} />
          </Field>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          {endpoint.listeningFlows === 0 ? null : <Warning endpoint={endpoint} />}
          <ChaosScorecard
            test={test}
            onOpenRequest={(id) => {
              setOpen(false);
              onOpenRequest(id);
            }}
          />
        </div>
      )}
    </Dialog>
  );
}

function Warning({ endpoint }: { endpoint: EndpointView }) {
  const flows = endpoint.listeningFlows;
  if (endpoint.paused)
    return (
      <Notice tone="hold" title="The endpoint is paused">
        What it accepts is parked{flows === 0 ? "." : ", and runs when you resume."}
      </Notice>
    );
  if (flows === 0)
    return (
      <Notice title="These are real requests">
        No live flow listens to this endpoint, so nothing runs. They stay in its list of requests.
      </Notice>
    );
  return (
    <Notice tone="warn" title={`${flows === 1 ? "1 live flow runs" : `${flows} live flows run`} for what is accepted`}>
      These are real requests with made-up content: mail is sent and addresses are called. Pause the endpoint or turn
      its flows off first to prevent that.
    </Notice>
  );
}

function freshSeed(): number {
  return Math.floor(Math.random() * 1_000_000);
}
