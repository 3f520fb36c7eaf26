"use client";
import type { TrialResult } from "#components/connections/connection-actions.ts";
import { AllowRefused } from "#components/egress/allow-refused.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Notice } from "#components/ui/notice.tsx";

type TrialNoticeProps = {
  trial: TrialResult;
  /** Opens the refused address; a returned text is why it did not. */
  onAllow: (address: string, port: number) => Promise<string | undefined>;
  onUseStartTls: () => void;
};

const TITLES: Readonly<Record<string, string>> = {
  "smtp-wants-starttls": "The server answered, but not with TLS",
  "smtp-sign-in": "The server refused the name or password",
  "smtp-starttls": "No trusted encrypted connection",
  "egress-private-address": "Hookline does not call private addresses",
  "egress-metadata-address": "Hookline never calls metadata addresses",
  "connection-refused": "Nothing listens there",
  "host-not-found": "There is no such host",
  "http-401": "The credential was not accepted",
  "http-403": "The credential was not accepted",
  "no-url": "An address is needed to test this",
};

/** What a test came to: the reason in plain words, and the button that cures it where there is one. */
export function TrialNotice({ trial, onAllow, onUseStartTls }: TrialNoticeProps) {
  return (
    <div className="flex flex-col gap-2">
      <Notice
        tone={trial.ok ? "ok" : "bad"}
        title={trial.ok ? "It works" : (TITLES[trial.code] ?? "It does not work yet")}
        actions={
          <>
            {trial.refusal ? <AllowRefused refusal={trial.refusal} onAllow={onAllow} /> : null}
            {trial.code === "smtp-wants-starttls" ? (
              <Button size="compact" onClick={onUseStartTls}>
                Use STARTTLS
              </Button>
            ) : null}
          </>
        }
      >
        {trial.message}
      </Notice>
      {trial.transcript.length > 0 ? (
        <details className="text-13">
          <summary className="flex h-7 items-center font-medium text-ink-2">Transcript</summary>
          <CodeBlock label="transcript" code={trial.transcript.join("\n")} wrap />
        </details>
      ) : null}
    </div>
  );
}
