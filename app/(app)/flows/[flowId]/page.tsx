import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireActor } from "#lib/auth/require-actor.ts";
import { checkDraft } from "#lib/commands/flows/check-draft.ts";
import { loadBuilder } from "#lib/loaders/flow-builder.ts";
import { BuilderFrame } from "./builder-frame.tsx";

type PageProps = { params: Promise<{ flowId: string }>; searchParams: Promise<{ event?: string }> };

export const metadata: Metadata = { title: "Flow" };

/** The builder of one flow; `?event=` chooses the sample. */
export default async function FlowPage({ params, searchParams }: PageProps) {
  const { flowId } = await params;
  const { event } = await searchParams;
  const data = await loadBuilder(flowId);
  if (data === null) notFound();
  const problems = await checkDraft(await requireActor(), flowId);
  return <BuilderFrame data={{ ...data, problems }} sampleEventId={typeof event === "string" ? event : null} />;
}
