"use client";
import { useState } from "react";
import {
  fetchScript,
  fetchSnippet,
  formSnippet,
  openTimeScript,
  policyFor,
} from "#components/endpoints/form-snippets.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";

/** Forms to copy into a page, made for the settings as they stand in the form above. */
export function FormSnippets({ settings, url }: { settings: EndpointSettings; url: string }) {
  const [withFile, setWithFile] = useState(false);
  const { form, answer } = settings;
  const options = {
    url,
    honeypot: form.honeypot,
    minimumSeconds: form.minimumSeconds,
    withFile,
    thankYouUrl: answer.kind === "redirect" ? answer.url : null,
  };
  const policy = policyFor(options);
  const thanks =
    answer.kind === "redirect"
      ? "Afterwards the browser goes to the page chosen under Answer."
      : "Afterwards the browser shows a small thank-you page; choose one of your own under Answer.";
  return (
    <section aria-label="Form to copy" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <h3 className="text-13 font-medium">Form to copy</h3>
        <Checkbox label="With a file" checked={withFile} onCheckedChange={setWithFile} />
      </div>
      <Tabs
        label="Ways to post the form"
        items={[
          {
            value: "form",
            label: "Plain form",
            content: (
              <div className="flex flex-col gap-2">
                <CodeBlock label="plain form" code={formSnippet(options)} />
                <p className="max-w-prose text-12 text-ink-3">{thanks}</p>
              </div>
            ),
          },
          {
            value: "fetch",
            label: "By fetch",
            content: (
              <div className="flex flex-col gap-2">
                {form.origins.length > 0 ? null : (
                  <Notice tone="warn" title="No page may read the answer yet">
                    Enter your page's origin above: without it the form still arrives, but its script cannot read the
                    answer.
                  </Notice>
                )}
                <CodeBlock label="form by fetch" code={fetchSnippet(options)} />
                <p className="max-w-prose text-12 text-ink-3">
                  The page stays where it is. Files are sent too, up to the largest body this endpoint takes.
                </p>
              </div>
            ),
          },
          {
            value: "policy",
            label: "Strict pages",
            content: (
              <div className="flex flex-col gap-2">
                <p className="max-w-prose text-13 text-ink-2">
                  The forms use no inline styles or handlers. On a page whose content security policy forbids inline
                  scripts, put the script into a file of your own, load it with{" "}
                  <code className="font-mono text-12">defer</code>, and add to the policy:
                </p>
                <CodeBlock label="policy for the plain form" code={policy.form} wrap />
                {form.minimumSeconds === null ? null : (
                  <CodeBlock label="script of the plain form" code={openTimeScript()} />
                )}
                <p className="text-13 text-ink-2">For the form by fetch:</p>
                <CodeBlock label="policy for the form by fetch" code={policy.fetch} wrap />
                <CodeBlock label="script of the form by fetch" code={fetchScript(options)} />
              </div>
            ),
          },
        ]}
      />
    </section>
  );
}
