import { useSyncExternalStore } from "react";

/**
 * Says whether the page's scripts run yet. A form with a password waits for it: sent earlier, the browser would send it
 * by itself.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}
