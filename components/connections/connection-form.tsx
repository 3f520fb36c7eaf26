"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ConnectionActions, TrialResult } from "#components/connections/connection-actions.ts";
import { SecretFields } from "#components/connections/secret-fields.tsx";
import { TrialNotice } from "#components/connections/trial-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { blankOf } from "#components/ui/json-schema.ts";
import { Notice } from "#components/ui/notice.tsx";
import { SchemaForm } from "#components/ui/schema-form.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { Json } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";

/** A stored connection as its form starts. */
export type StoredConnection = {
  id: string;
  name: string;
  config: Json;
  secretHints: Readonly<Record<string, string>>;
};

type ConnectionFormProps = {
  kind: { id: string; title: string; config: JsonSchema; secrets: JsonSchema };
  stored: StoredConnection | null;
  /** The host a new one is made for, when the page that led here knows it. */
  host?: string | null;
  mayEdit: boolean;
  actions: Pick<ConnectionActions, "save" | "test" | "allow">;
};

/** The form of one connection: public settings, secrets that are never shown again, and a button that tries it. */
export function ConnectionForm({ kind, stored, host = null, mayEdit, actions }: ConnectionFormProps) {
  const router = useRouter();
  const [name, setName] = useState(stored?.name ?? kind.title);
  const [config, setConfig] = useState<Json>(() =>
    withDefaults(kind.config, stored?.config ?? madeFor(kind.config, host)),
  );
  const [secrets, setSecrets] = useState<Record<string, string>>({});
  const [url, setUrl] = useState("");
  const saving = useAction();
  const testing = useAction();
  const [trial, setTrial] = useState<TrialResult | null>(null);
  const told = [saving, testing].find((one) => one.problem !== null);
  const refusal = told?.refusal ?? null;
  const errors = Object.fromEntries(
    Object.entries(told?.errors ?? {}).map(([field, message]) => [field.replace(/\[(\d+)\]/g, ".$1"), message]),
  );
  const connection = { name, kind: kind.id, config, secrets };

  const test = async () => {
    setTrial(null);
    saving.clear();
    const result = await testing.run(() => actions.test({ id: stored?.id ?? null, url, connection }));
    if (result.kind === "ok") setTrial(result.value);
  };
  const save = async () => {
    testing.clear();
    const saved = await saving.run(() => actions.save(stored?.id ?? null, connection));
    if (saved.kind === "refused") return;
    const ending = Object.values(secrets)
      .find((text) => text.length >= 12)
      ?.slice(-4);
    showToast("Saved", { description: ending ? `Ends in …${ending}. Hookline will not show it again.` : undefined });
    setSecrets({});
    if (stored === null) router.push(`/connections/${saved.value.id}`);
    else router.refresh();
  };

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field label="Name" error={errors.name}>
        <Input value={name} onValueChange={setName} maxLength={80} disabled={!mayEdit} />
      </Field>
      <SchemaForm
        schema={kind.config}
        value={config}
        onChange={setConfig}
        path={["config"]}
        context={{ errors, disabled: !mayEdit }}
      />
      {mayEdit ? (
        <SecretFields
          schema={kind.secrets}
          values={secrets}
          hints={stored?.secretHints ?? {}}
          errors={under("secrets", errors)}
          onChange={setSecrets}
        />
      ) : null}
      {errors.config ? (
        <Notice tone="bad" title="A setting does not fit">
          {errors.config}
        </Notice>
      ) : null}
      {refusal ? (
        <Notice tone="bad" title="That did not work">
          {refusal}
        </Notice>
      ) : null}
      {mayEdit ? (
        <section aria-label="Test" className="flex flex-col gap-3 rounded-card border border-line bg-sunken p-4">
          {kind.id.startsWith("http.") ? (
            <Field
              label="A URL to test it with"
              help="Called once with GET; choose one that needs the credential and changes nothing."
              mark="optional"
            >
              <Input type="url" mono value={url} onValueChange={setUrl} placeholder="https://api.acme.dev/me" />
            </Field>
          ) : null}
          <div className="flex flex-wrap items-center gap-3">
            <Button onClick={test} pending={testing.pending} disabled={saving.pending}>
              Test connection
            </Button>
            <span className="text-12 text-ink-3">
              {kind.id === "smtp" ? "Signs in and hangs up; no mail is sent." : "Works before saving, too."}
            </span>
          </div>
          {trial ? (
            <TrialNotice
              trial={trial}
              onAllow={async (address, port) => {
                const allowed = await actions.allow({ address, port, note: `for ${name}` });
                if (allowed.kind === "refused") return allowed.message;
                await test();
                return undefined;
              }}
              onUseStartTls={() => {
                setConfig({ ...(config as Record<string, Json>), security: "starttls" });
                setTrial(null);
              }}
            />
          ) : null}
        </section>
      ) : null}
      {mayEdit ? (
        <div className="flex gap-2">
          <Button type="submit" variant="primary" pending={saving.pending} disabled={testing.pending}>
            {stored === null ? "Save connection" : "Save changes"}
          </Button>
          <ButtonLink href="/connections" variant="quiet">
            Back to connections
          </ButtonLink>
        </div>
      ) : (
        <Notice title="Only admins change connections">
          Your role lets you see this connection and use it in flows.
        </Notice>
      )}
    </form>
  );
}

/** The settings of a new connection that is for one host; none where the kind has no list of them. */
function madeFor(schema: JsonSchema, host: string | null): Json | undefined {
  return host !== null && schema.properties?.hosts !== undefined ? { hosts: [host] } : undefined;
}

function withDefaults(schema: JsonSchema, stored: Json | undefined): Json {
  const defaults = Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([key, property]) =>
      property.default === undefined ? [[key, firstOf(property)]] : [[key, property.default]],
    ),
  );
  return { ...defaults, ...(typeof stored === "object" && !Array.isArray(stored) ? stored : {}) };
}

/** Nothing yet; a list that needs an entry begins with an empty one, so that it asks. */
function firstOf(property: JsonSchema): Json {
  return property.type === "array" && (property.minItems ?? 0) > 0
    ? [blankOf(property.items ?? { type: "string" })]
    : blankOf(property);
}

function under(where: string, errors: Readonly<Record<string, string>>): Record<string, string> {
  const prefix = `${where}.`;
  return Object.fromEntries(
    Object.entries(errors).flatMap(([field, message]) =>
      field.startsWith(prefix) ? [[field.slice(prefix.length), message]] : [],
    ),
  );
}
