"use client";
import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";
import {
  cancelCatchUpAction,
  createFlowAction,
  deleteFlowAction,
  duplicateFlowAction,
  readMissedAction,
  restoreFlowAction,
  runMissedAction,
  turnFlowOffAction,
  turnFlowOnAction,
} from "#app/(app)/flows/actions.ts";
import { FlowList } from "#components/flows/flow-list.tsx";

type FlowsFrameProps = Omit<ComponentProps<typeof FlowList>, "acts" | "onOpen" | "onChanged">;

const ACTS = {
  create: createFlowAction,
  duplicate: duplicateFlowAction,
  remove: deleteFlowAction,
  restore: restoreFlowAction,
  switching: {
    turnOn: turnFlowOnAction,
    turnOff: turnFlowOffAction,
    missed: readMissedAction,
    runMissed: runMissedAction,
    cancelCatchUp: cancelCatchUpAction,
  },
};

/** The list of flows with this app's server actions and router. */
export function FlowsFrame(props: FlowsFrameProps) {
  const router = useRouter();
  return (
    <FlowList
      {...props}
      acts={ACTS}
      onOpen={(id, eventId) => router.push(`/flows/${id}${eventId ? `?event=${eventId}` : ""}`)}
      onChanged={() => router.refresh()}
    />
  );
}
