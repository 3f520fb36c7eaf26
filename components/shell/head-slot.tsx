"use client";
import { type ReactNode, useEffect, useState } from "react";
import { createPortal } from "react-dom";

/** Puts a page's own head (name, state, buttons) into the shell's head bar, so that dense pages need no second bar. */
export function HeadSlot({ children }: { children: ReactNode }) {
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  useEffect(() => setSlot(document.getElementById("head-slot")), []);
  return slot ? createPortal(children, slot) : null;
}
