"use client";
import { useState } from "react";
import { AddressTester, PublishedAddresses } from "#components/endpoints/address-tester.tsx";
import type { HelpActions } from "#components/endpoints/endpoint-help-actions.ts";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { NumberInput } from "#components/ui/number-input.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { ProviderChoice } from "#lib/views/endpoint-views.ts";

const METHODS: EndpointSettings["methods"] = ["POST", "PUT", "PATCH", "GET", "DELETE"];

type AdmissionFieldsProps = SettingsPart & {
  bodyBytesLimit: number;
  provider: ProviderChoice;
  testAddress: HelpActions["testAddress"];
};

/** Methods, addresses with a way to try them, HTTPS, rate and size. */
export function AdmissionFields({
  settings,
  change,
  errors,
  disabled,
  bodyBytesLimit,
  provider,
  testAddress,
}: AdmissionFieldsProps) {
  const [addresses, setAddresses] = useState(settings.allowedAddresses.join("\n"));
  const add = (ranges: readonly string[]) => {
    const all = [...settings.allowedAddresses, ...ranges];
    setAddresses(all.join("\n"));
    change({ allowedAddresses: all });
  };
  const addressError = Object.entries(errors)
    .filter(([field]) => field.startsWith("allowedAddresses"))
    .map(([field, message]) => {
      const line = settings.allowedAddresses[Number(/\[(\d+)\]/.exec(field)?.[1])];
      return line === undefined ? message : `“${line}” ${message}.`;
    })
    .join(" ");
  return (
    <div className="flex flex-col gap-4">
      <fieldset
        className="flex flex-col gap-1"
        disabled={disabled}
        data-problem={errors.methods === undefined ? undefined : ""}
      >
        <legend className="mb-1 text-13 font-medium">Methods</legend>
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          {METHODS.map((method) => (
            <Checkbox
              key={method}
              label={method}
              checked={settings.methods.includes(method)}
              onCheckedChange={(checked) =>
                change({
                  methods: METHODS.filter((other) => (other === method ? checked : settings.methods.includes(other))),
                })
              }
            />
          ))}
        </div>
        {errors.methods === undefined ? null : <p className="text-12 text-bad-text">{errors.methods}</p>}
      </fieldset>
      <Field
        label="Addresses that may send"
        mark="optional"
        error={addressError}
        help="One IPv4 or IPv6 address or range a line, such as 203.0.113.0/24. Empty: everybody."
      >
        <Textarea
          mono
          value={addresses}
          disabled={disabled}
          onChange={(event) => {
            setAddresses(event.currentTarget.value);
            change({ allowedAddresses: event.currentTarget.value.split(/[\s,]+/).filter((text) => text !== "") });
          }}
        />
      </Field>
      <PublishedAddresses provider={provider} lines={settings.allowedAddresses} disabled={disabled} add={add} />
      <AddressTester lines={settings.allowedAddresses} test={testAddress} />
      <Switch
        label="HTTPS only"
        help="Refuses requests that did not come over HTTPS."
        checked={settings.httpsRequired}
        disabled={disabled}
        onCheckedChange={(checked) => change({ httpsRequired: checked })}
      />
      <Field
        label="Requests per second"
        mark="optional"
        error={errors.ratePerSecond}
        help="Above it senders get 429 and when to come back. Empty: the instance's limit."
      >
        <NumberInput
          decimals
          value={settings.ratePerSecond}
          disabled={disabled}
          onNumberChange={(ratePerSecond) => change({ ratePerSecond })}
        />
      </Field>
      <Field
        label="Largest body, in bytes"
        mark="optional"
        error={errors.bodyBytesMax}
        help={`Empty: ${bodyBytesLimit.toLocaleString("en")}, the most this instance takes.`}
      >
        <NumberInput
          value={settings.bodyBytesMax}
          disabled={disabled}
          onNumberChange={(bodyBytesMax) => change({ bodyBytesMax })}
        />
      </Field>
    </div>
  );
}
