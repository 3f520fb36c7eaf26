"use client";
import { useState } from "react";
import type { TrialResult } from "#components/connections/connection-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
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
  "smtp-starttls": "No trusted encryption came about",
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
  const [asking, setAsking] = useState(false);
  const { refusal } = trial;
  const opens = refusal?.allowable === true && refusal.address !== null && refusal.port !== null ? { address: refusal.address, port: refusal.port } : null;
  const place = opens === null ? "" : opens.address.includes(":") ? `[${opens.address}]:${opens.port}` : `${opens.address}:${opens.port}`;
  return (
    <div className="flex flex-col gap-2">
      <Notice
        tone={trial.ok ? "ok" : "bad"}
        title={trial.ok ? "It works" : (TITLES[trial.code] ?? "It does not work yet")}
        actions={
          <>
            {opens ? <Button size="compact" onClick={() => setAsking(true)}>{`Allow ${place}…`}</Button> : null}
            {trial.code === "smtp-wants-starttls" ? <Button size="compact" onClick={onUseStartTls}>Use STARTTLS</Button> : null}
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
      {opens ? (
        <ConfirmDialog
          title={`Allow ${place} for this workspace?`}
          confirmLabel={`Allow ${place}`}
          cancelLabel="Keep it closed"
          open={asking}
          onOpenChange={setAsking}
          onConfirm={() => onAllow(opens.address, opens.port)}
        >
          <p>Every flow of this workspace may then call this address and port inside your network. It is written to the audit log and can be revoked under Settings › Egress.</p>
        </ConfirmDialog>
      ) : null}
    </div>
  );
}
