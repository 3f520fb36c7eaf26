"use client";
import { useEffect, useState } from "react";

/**
 * The sender that somebody said an endpoint's requests are not from; remembered in this browser, where it keeps things.
 */
export function useNotThisSender(endpointId: string): {
  is: (providerId: string) => boolean;
  say: (providerId: string) => void;
} {
  const key = `hookline.not-sender.${endpointId}`;
  const [refuted, setRefuted] = useState<string | null>(null);
  useEffect(() => setRefuted(kept(key)), [key]);
  return {
    is: (providerId) => refuted === providerId,
    say: (providerId) => {
      setRefuted(providerId);
      keep(key, providerId);
    },
  };
}

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, providerId: string): void {
  try {
    localStorage.setItem(key, providerId);
  } catch {
    return;
  }
}
