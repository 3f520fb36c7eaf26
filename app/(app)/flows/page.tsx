import type { Metadata } from "next";
import { loadFlows } from "#lib/loaders/flows.ts";
import { FlowsFrame } from "./flows-frame.tsx";

export const metadata: Metadata = { title: "Flows" };

/** Every flow: what starts it, whether it is on, what it did in the last 24 hours. */
export default async function FlowsPage({
  searchParams,
}: {
  searchParams: Promise<{ new?: string; endpoint?: string }>;
}) {
  const { new: wantsNew, endpoint } = await searchParams;
  return (
    <FlowsFrame
      {...(await loadFlows())}
      openNew={wantsNew !== undefined}
      endpointId={typeof endpoint === "string" ? endpoint : null}
    />
  );
}
