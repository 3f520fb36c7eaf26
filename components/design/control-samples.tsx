"use client";
import { useState } from "react";
import { Plus, Send, Trash2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { KeyHint } from "#components/ui/key-hint.tsx";
import { SchemaForm } from "#components/ui/schema-form.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Json } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";

const SAMPLE_SCHEMA: JsonSchema = {
  type: "object",
  required: ["method", "url", "query"],
  properties: {
    method: { enum: ["GET", "POST", "PUT"], hookline: { label: "Method" } },
    url: { type: "string", hookline: { label: "URL", required: true, placeholder: "https://" } },
    query: {
      type: "array",
      items: {
        type: "object",
        required: ["name", "value"],
        properties: { name: { type: "string" }, value: { type: "string" } },
      },
      hookline: { label: "Query parameters" },
    },
    timeoutMs: { type: "integer", minimum: 100, maximum: 60_000, hookline: { label: "Timeout (ms)", advanced: true } },
  },
};

/** Buttons, fields and a form drawn from a schema. */
export function ControlSamples() {
  const [search, setSearch] = useState("");
  const [value, setValue] = useState<Json>({
    method: "POST",
    url: "https://crm.acme.dev/orders",
    query: [{ name: "limit", value: "10" }],
  });
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="primary">Publish v4</Button>
        <Button>Preview effect</Button>
        <Button variant="quiet">Keep editing</Button>
        <Button variant="danger" icon={<Trash2 aria-hidden />}>
          Delete endpoint
        </Button>
        <Button icon={<Plus aria-hidden />} size="compact">
          Add step
        </Button>
        <Button variant="primary" pending>
          Sending
        </Button>
        <Button disabled>Not now</Button>
        <IconButton label="Send once" keys="Ctrl Enter" icon={<Send aria-hidden />} />
        <CopyButton text="https://example.com/in/abc" label="Copy URL" />
        <CopyButton text="curl https://example.com">Copy curl</CopyButton>
        <KeyHint keys="Ctrl Shift Z" />
      </div>
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Name" help="Shown in lists and in the palette.">
          <Input defaultValue="Stripe live" />
        </Field>
        <Field label="Signing secret" error="It starts with whsec_, this one starts with sk_.">
          <Input mono defaultValue="sk_test_123" />
        </Field>
        <Field label="Provider" mark="optional">
          <Select
            options={[
              { value: "stripe", label: "Stripe" },
              { value: "github", label: "GitHub", description: "Signs with HMAC-SHA256" },
              { value: "none", label: "None" },
            ]}
            defaultValue="stripe"
          />
        </Field>
        <Field label="Note">
          <Textarea placeholder="Why this exists" />
        </Field>
        <SearchInput label="Search flows" value={search} onValueChange={setSearch} />
        <div className="flex flex-wrap gap-4">
          <Checkbox label="Only HTTPS" defaultChecked />
          <Checkbox label="Some" indeterminate />
          <Switch label="On" defaultChecked help="Runs for every event." />
          <Switch label="Locked" disabled />
        </div>
      </div>
      <SchemaForm schema={SAMPLE_SCHEMA} value={value} onChange={setValue} />
    </div>
  );
}
