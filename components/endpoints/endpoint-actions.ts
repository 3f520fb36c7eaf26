import type { HelpActions } from "#components/endpoints/endpoint-help-actions.ts";
import type { ActionResult } from "#lib/core/action-result.ts";
import type { Verification } from "#lib/core/states.ts";
import type { ByHandPreview, ByHandSource, RunnableFlow } from "#lib/engine/by-hand-view.ts";
import type { SchemaProposal } from "#lib/engine/schema/schema-proposal.ts";
import type { SettingsProof } from "#lib/views/settings-proof.ts";

/** A sample to send and how. */
export type SampleOrder = { sample: string; variant: "valid" | "tampered" | "duplicate" };

/** What the pages of endpoints can ask the server for. */
export type EndpointActions = {
  /** Addresses and reachability. */
  help: HelpActions;
  update(endpointId: string, input: unknown): Promise<ActionResult<{ revision: number }>>;
  rehearse(endpointId: string, input: unknown): Promise<ActionResult<SettingsProof>>;
  inferSchema(endpointId: string): Promise<ActionResult<SchemaProposal>>;
  addSecret(
    endpointId: string,
    input: { secret: string; label: string; provider?: string },
  ): Promise<ActionResult<{ id: string; endsIn: string; checked: number; matched: number }>>;
  retireSecret(endpointId: string, secretId: string): Promise<ActionResult>;
  pause(endpointId: string, paused: boolean): Promise<ActionResult<{ events: number; runs: number }>>;
  remove(endpointId: string): Promise<ActionResult>;
  restore(endpointId: string): Promise<ActionResult>;
  sendSample(endpointId: string, order: SampleOrder): Promise<ActionResult<{ status: number; body: string }>>;
  recheck(
    endpointId: string,
    requestId: string,
  ): Promise<ActionResult<{ verification: Verification; message: string }>>;
  accept(endpointId: string, requestId: string): Promise<ActionResult<{ eventId: string }>>;
  /** Running what is stored through any flow. */
  byHand: {
    flows(): Promise<ActionResult<RunnableFlow[]>>;
    preview(flowId: string, source: ByHandSource): Promise<ActionResult<ByHandPreview>>;
    run(flowId: string, source: ByHandSource): Promise<ActionResult<{ eventId: string; runIds: string[] }>>;
  };
  saveSample(endpointId: string, requestId: string, name: string): Promise<ActionResult<{ id: string }>>;
};
