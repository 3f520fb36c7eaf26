"use client";
import { useState } from "react";
import type { AddressVerdict, HelpActions } from "#components/endpoints/endpoint-help-actions.ts";
import { Plus } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ProviderChoice } from "#lib/views/endpoint-views.ts";

type AddressTesterProps = { lines: readonly string[]; test: HelpActions["testAddress"] };

/** Tries the list as it stands in the form: the visitor's own address as the server sees it, or any other. */
export function AddressTester({ lines, test }: AddressTesterProps) {
  const [text, setText] = useState("");
  const [verdict, setVerdict] = useState<AddressVerdict | null>(null);
  const { pending, problem, run } = useAction();
  const ask = async (address: string | null) => {
    const result = await run(() => test({ address, lines: [...lines] }));
    if (result.kind === "ok") setVerdict(result.value);
  };
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap items-start gap-2">
        <Field label="Try an address" mark="optional" className="min-w-48 flex-1" error={problem}>
          <Input
            mono
            value={text}
            placeholder="203.0.113.9"
            onValueChange={(next) => setText(next)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              if (text.trim() !== "") void ask(text);
            }}
          />
        </Field>
        <div className="flex flex-wrap gap-2 md:mt-6">
          <Button disabled={text.trim() === ""} pending={pending} onClick={() => void ask(text)}>
            Try address
          </Button>
          <Button disabled={pending} onClick={() => void ask(null)}>
            Try my address
          </Button>
        </div>
      </div>
      <p role="status" className="max-w-prose text-12 text-ink-2 [overflow-wrap:anywhere]">
        {verdict === null ? null : sentence(verdict)}
      </p>
    </div>
  );
}

/** Adds the addresses a sender publishes to the list, or links to them where only a list is published. */
export function PublishedAddresses({
  provider,
  lines,
  disabled,
  add,
}: {
  provider: ProviderChoice;
  lines: readonly string[];
  disabled: boolean;
  add: (ranges: readonly string[]) => void;
}) {
  const { addresses } = provider;
  if (addresses === null) return null;
  const missing = addresses.ranges.filter((range) => !lines.includes(range));
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-12 text-ink-3">
      {addresses.ranges.length === 0 ? null : missing.length === 0 ? (
        <span>The addresses of {provider.name} are on the list.</span>
      ) : (
        <Button size="compact" disabled={disabled} icon={<Plus aria-hidden />} onClick={() => add(missing)}>
          Add the addresses of {provider.name}
        </Button>
      )}
      <span>
        {addresses.note} As of {addresses.asOf}.
      </span>
      {addresses.url === null ? null : (
        <TextLink href={addresses.url} target="_blank" rel="noreferrer">
          The published list<span className="sr-only"> (opens in a new tab)</span>
        </TextLink>
      )}
    </p>
  );
}

function sentence(verdict: AddressVerdict): string {
  if (verdict.kind === "no-address")
    return verdict.text === "unknown"
      ? "Hookline cannot see your address here, because its own server does not stand in front of it."
      : `“${verdict.text}” is not an address. Write one IPv4 or IPv6 address.`;
  const { address, through, admitted, line, listIsEmpty, badLines } = verdict;
  const from = through === null ? "" : `, read from X-Forwarded-For through the trusted proxy ${through}`;
  const judged = listIsEmpty
    ? "the list is empty, so everybody may send"
    : admitted
      ? `on the list by ${line ?? ""}: it may send`
      : "not on the list: it would be refused";
  const bad =
    badLines.length === 0
      ? ""
      : ` ${badLines.length === 1 ? "One line is" : `${badLines.length} lines are`} not an address or range: ` +
        `${badLines.slice(0, 3).join(", ")}.`;
  return `${address}${from}: ${judged}.${bad}`;
}
