import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import {
  changesAnything,
  type LostPath,
  needsConsent,
  type ProofFlow,
  type ProofGroup,
  type ProofPart,
  type SettingsProof,
} from "#lib/views/settings-proof.ts";

const number = (count: number): string => count.toLocaleString("en");

/**
 * What changed settings would have done to the stored requests, each count with its reasons and the requests behind it.
 */
export function ProofView({ endpointId, proof }: { endpointId: string; proof: SettingsProof }) {
  if (proof.checked === 0)
    return (
      <p className="text-13 text-ink-2">No request is stored here yet, so there is nothing to try these settings on.</p>
    );
  const part = (verb: string, what: ProofPart) => (
    <PartLine key={verb} verb={verb} part={what} proof={proof} endpointId={endpointId} />
  );
  return (
    <div className="flex flex-col gap-3 text-13">
      <SecretLine secret={proof.secret} />
      {changesAnything(proof) || proof.lostPaths.length > 0 ? null : (
        <p className="text-ink-2">
          Nothing changes for {proof.checked === 1 ? "the one request" : `the last ${number(proof.checked)} requests`}
          {proof.uncertain.count === 0 ? "" : " as far as can be decided"}.
        </p>
      )}
      {part("Would have refused", proof.refused)}
      {part("Would have accepted what is refused now:", proof.accepted)}
      {part("Would have dropped as duplicates", proof.merged)}
      {part("Would no longer take for duplicates", proof.separated)}
      {part("Would have no event type any more:", proof.nameless)}
      {part("Would have another event type:", proof.renamed)}
      {part("Would have been split into items:", proof.split)}
      {part("Would no longer be split:", proof.whole)}
      {part("Would have been accepted and marked:", proof.marked)}
      <LostPaths lost={proof.lostPaths} />
      <FlowLines flows={proof.flows} />
      {part("Could not be decided:", proof.uncertain)}
      {proof.checked < proof.stored ? (
        <p className="text-12 text-ink-3">
          Checked the newest {number(proof.checked)} of {number(proof.stored)} in the time allowed.
        </p>
      ) : null}
    </div>
  );
}

/**
 * Asks before settings are saved that would refuse, merge, split or silence what is taken now; open while there is a
 * proof.
 */
export function ConsentDialog({
  endpointId,
  proof,
  onClose,
  onConfirm,
}: {
  endpointId: string;
  proof: SettingsProof | null;
  onClose: () => void;
  onConfirm: () => Promise<string | undefined>;
}) {
  const refuses = proof !== null && proof.refused.count > 0;
  const onlyLost = proof !== null && !needsConsent({ ...proof, lostPaths: [] });
  return (
    <ConfirmDialog
      title={
        refuses
          ? "Some requests would be refused"
          : onlyLost
            ? "Nothing has ever stood there"
            : "Some requests would be treated differently"
      }
      confirmLabel={refuses ? "Refuse these from now on" : onlyLost ? "Save anyway" : "Save and change these"}
      cancelLabel={refuses ? "Keep accepting them" : "Keep it as it is"}
      danger={refuses}
      open={proof !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      onConfirm={onConfirm}
    >
      {proof === null ? null : <ProofView endpointId={endpointId} proof={proof} />}
    </ConfirmDialog>
  );
}

function SecretLine({ secret }: { secret: SettingsProof["secret"] }) {
  if (secret === null) return null;
  const { signed, verified } = secret;
  if (signed === 0)
    return <p className="text-ink-2">No stored request carries a signature, so the secret cannot be tried on any.</p>;
  const words =
    verified === 0
      ? `Verifies 0 of the last ${number(signed)} signed requests: this is probably not the secret.`
      : `Verifies ${number(verified)} of the last ${number(signed)} signed requests.`;
  return <p className={verified === 0 ? "font-semibold text-bad-text" : "font-semibold text-ink"}>{words}</p>;
}

const SETTING_WORDS: Record<LostPath["setting"], string> = {
  eventType: "The event type",
  dedupe: "The value that tells repeats",
  split: "The list to split",
};

/** Paths that lead nowhere: more often a slip of the pen than a wish. */
function LostPaths({ lost }: { lost: readonly LostPath[] }) {
  return lost.map(({ setting, path, of }) => (
    <p key={`${setting} ${path}`} className="font-semibold text-warn-text [overflow-wrap:anywhere]">
      {SETTING_WORDS[setting]} is looked for at{" "}
      <span className="font-mono">{path === "" ? "the body itself" : path}</span>
      {of === 1
        ? ", and the one stored request has nothing there."
        : `, and none of ${number(of)} stored requests has anything there.`}
    </p>
  ));
}

function PartLine({
  verb,
  part,
  proof,
  endpointId,
}: {
  verb: string;
  part: ProofPart;
  proof: SettingsProof;
  endpointId: string;
}) {
  if (part.count === 0) return null;
  const shown = part.groups.reduce((sum, group) => sum + group.count, 0);
  return (
    <div>
      <p className="text-ink">
        {verb} <span className="font-semibold">{number(part.count)}</span> of {number(proof.checked)}:
      </p>
      <ul className="mt-1 flex flex-col gap-1">
        {part.groups.map((group) => (
          <li key={group.reason}>
            <GroupLine group={group} endpointId={endpointId} />
          </li>
        ))}
        {shown < part.count ? <li className="text-ink-3">and {number(part.count - shown)} more</li> : null}
      </ul>
    </div>
  );
}

function GroupLine({ group, endpointId }: { group: ProofGroup; endpointId: string }) {
  return (
    <details className="rounded-control border border-line px-2 py-1">
      <summary className="cursor-pointer text-ink-2 [overflow-wrap:anywhere]">
        {visibleText(group.reason)} ({number(group.count)}) <span className="text-accent-text">· show them</span>
      </summary>
      <ul className="mt-1 flex flex-col pb-1">
        {group.requests.map((request) => (
          <li key={request.id} className="tabular flex flex-wrap items-center gap-x-2 text-12 text-ink-2">
            <TextLink
              className="inline-flex min-h-6 items-center"
              href={`/endpoints/${endpointId}?request=${request.id}`}
              target="_blank"
            >
              <RelativeTime at={request.at} ago />
            </TextLink>
            <span className="font-mono">{request.method}</span>
            {request.eventType === null ? null : (
              <span className="min-w-0 font-mono [overflow-wrap:anywhere]">{visibleText(request.eventType)}</span>
            )}
            {request.clientIp === null ? null : <span className="font-mono">{request.clientIp}</span>}
          </li>
        ))}
        {group.requests.length < group.count ? (
          <li className="text-12 text-ink-3">and {number(group.count - group.requests.length)} older ones</li>
        ) : null}
      </ul>
    </details>
  );
}

function FlowLines({ flows }: { flows: readonly ProofFlow[] }) {
  const touched = flows.filter(({ before, after }) => before !== after);
  if (touched.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1">
      {touched.map(({ flowId, name, before, after }) => (
        <li key={flowId} className={after === 0 ? "text-bad-text" : "text-ink-2"}>
          <TextLink href={`/flows/${flowId}`} target="_blank">
            {name}
          </TextLink>{" "}
          would have run {number(after)} times instead of {number(before)}.
        </li>
      ))}
    </ul>
  );
}
