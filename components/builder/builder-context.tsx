"use client";
import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { BuilderActs } from "#components/builder/builder-acts.ts";
import type { BuilderState, BuilderStore } from "#components/builder/builder-store.ts";
import type { ActionCard, BuilderData } from "#lib/engine/edit/builder-data.ts";

type Builder = { store: BuilderStore; data: BuilderData; acts: BuilderActs };

const Context = createContext<Builder | null>(null);

/** Gives everything inside the builder its store, its data and the server's acts. */
export function BuilderProvider({ value, children }: { value: Builder; children: ReactNode }) {
  return <Context value={value}>{children}</Context>;
}

/** The builder around this component; throws outside of one. */
export function useBuilder(): Builder {
  const builder = useContext(Context);
  if (!builder) throw new Error("This component stands outside a builder.");
  return builder;
}

/** A part of the builder's state, drawn again when it changes. */
export function useBuilderState<Part>(select: (state: BuilderState) => Part): Part {
  return useStore(useBuilder().store, select);
}

/** The action of a step by its id, or null when this version of Hookline has none. */
export function useActionCard(id: string | null): ActionCard | null {
  const { data } = useBuilder();
  return data.actions.find((action) => action.id === id) ?? null;
}
