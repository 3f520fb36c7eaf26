"use client";
import "@xyflow/react/dist/base.css";
import { MiniMap, type Node, Panel, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { handleCanvasKey, pasteOnCanvas } from "#components/builder/canvas-keys.ts";
import { CanvasLines } from "#components/builder/canvas-lines.tsx";
import { StepCard } from "#components/builder/step-card.tsx";
import { Maximize, ZoomIn, ZoomOut } from "#components/icons.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { CARD, layoutFlow } from "#lib/engine/edit/layout-flow.ts";

const NODE_TYPES = { card: StepCard };
const MINIMAP_FROM = 30;

/** The flow drawn from top to bottom; arrows move between cards, / adds, Delete removes. */
export function Canvas() {
  return (
    <ReactFlowProvider>
      <CanvasInside />
    </ReactFlowProvider>
  );
}

function CanvasInside() {
  const { store, data } = useBuilder();
  const definition = useBuilderState((state) => state.definition);
  const folded = useBuilderState((state) => state.folded);
  const selection = useBuilderState((state) => state.selection);
  const layout = useMemo(() => layoutFlow(definition, folded), [definition, folded]);
  const flow = useReactFlow();
  const holder = useRef<HTMLElement>(null);
  const current = selection.kind === "step" ? selection.id : "trigger";
  const nodes = useMemo<Node[]>(
    () =>
      layout.cards.map((card) => ({
        id: card.id,
        type: "card",
        position: { x: card.x, y: card.y },
        data: { step: card.step, tabbable: card.id === current },
        width: CARD.width,
        height: CARD.height,
        draggable: false,
        selectable: false,
        focusable: false,
      })),
    [layout, current],
  );
  const zoomTo = (zoom: number) => {
    const size = holder.current?.getBoundingClientRect();
    if (size) void flow.setViewport({ x: size.width / 2 - (layout.width / 2) * zoom, y: 32, zoom }, { duration: 180 });
  };
  const start = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first view is chosen once
  useEffect(() => {
    if (start.current) return;
    start.current = true;
    requestAnimationFrame(() => zoomTo(1));
  }, []);

  const kept = useRef<{ id: string; x: number; y: number } | null>(null);
  useEffect(() => {
    const card = layout.cards.find((one) => one.id === current);
    const before = kept.current;
    kept.current = card === undefined ? null : { id: current, x: card.x, y: card.y };
    if (card === undefined || before?.id !== current) return;
    // What grows beside the selected card does not push it out of sight.
    const { x, y, zoom } = flow.getViewport();
    const [dx, dy] = [before.x - card.x, before.y - card.y];
    if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx * zoom, y: y + dy * zoom, zoom });
  }, [layout, current, flow]);

  const layoutRef = useRef(layout);
  layoutRef.current = layout;
  useEffect(() => {
    if (selection.kind === "none") return;
    const id = selection.kind === "step" ? selection.id : "trigger";
    // Wait for the panel to take its place, then move only as far as needed.
    const timer = setTimeout(() => {
      const card = layoutRef.current.cards.find((one) => one.id === id);
      const size = holder.current?.getBoundingClientRect();
      if (!card || !size) return;
      const { x, y, zoom } = flow.getViewport();
      const left = card.x * zoom + x;
      const top = card.y * zoom + y;
      const dx =
        left < 16
          ? 16 - left
          : left + CARD.width * zoom > size.width - 16
            ? size.width - 16 - left - CARD.width * zoom
            : 0;
      const dy =
        top < 16
          ? 16 - top
          : top + CARD.height * zoom > size.height - 48
            ? size.height - 48 - top - CARD.height * zoom
            : 0;
      if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 180 });
    }, 60);
    return () => clearTimeout(timer);
  }, [selection, flow]);

  return (
    <section
      ref={holder}
      aria-label="Flow canvas"
      className="canvas-dots relative min-h-0 min-w-0 flex-1"
      onKeyDown={(event) =>
        handleCanvasKey(event, store, {
          zoomIn: () => void flow.zoomIn({ duration: 120 }),
          zoomOut: () => void flow.zoomOut({ duration: 120 }),
          fit: () => void flow.fitView({ duration: 180, padding: 0.1, maxZoom: 1 }),
          full: () => zoomTo(1),
        })
      }
      onPaste={(event) => pasteOnCanvas(event, store)}
    >
      <ReactFlow
        aria-label="Flow"
        nodes={nodes}
        edges={[]}
        nodeTypes={NODE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomOnDoubleClick={false}
        panOnScroll
        minZoom={0.4}
        maxZoom={1.5}
        proOptions={{ hideAttribution: true }}
        onPaneClick={() => store.getState().select({ kind: "none" })}
      >
        <CanvasLines layout={layout} editable={data.may.edit} />
        <Panel position="bottom-left" className="!m-3 flex rounded-control border border-line bg-surface">
          <IconButton
            size="compact"
            label="Zoom out"
            keys="-"
            icon={<ZoomOut aria-hidden />}
            onClick={() => flow.zoomOut({ duration: 120 })}
          />
          <IconButton
            size="compact"
            label="Zoom in"
            keys="+"
            icon={<ZoomIn aria-hidden />}
            onClick={() => flow.zoomIn({ duration: 120 })}
          />
          <IconButton
            size="compact"
            label="Show the whole flow"
            keys="0"
            icon={<Maximize aria-hidden />}
            onClick={() => flow.fitView({ duration: 180, padding: 0.1, maxZoom: 1 })}
          />
        </Panel>
        {layout.cards.length > MINIMAP_FROM ? (
          <MiniMap
            pannable
            zoomable
            ariaLabel="Map of the flow"
            className="!bg-surface"
            nodeColor="var(--neutral-soft)"
            maskColor="transparent"
          />
        ) : null}
      </ReactFlow>
    </section>
  );
}
