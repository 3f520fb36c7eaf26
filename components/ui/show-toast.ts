import { Toast } from "@base-ui/react/toast";

/** The one queue of toasts. */
export const toastManager = Toast.createToastManager();

/**
 * Says briefly what has happened. `action` is the way back ("Undo"); with one it stays 10 s, else 5 s. Give errors the
 * tone "bad": they stay until dismissed.
 */
export function showToast(
  title: string,
  options: {
    description?: string;
    tone?: "neutral" | "bad";
    action?: { label: string; onSelect: () => void };
    timeoutMs?: number;
  } = {},
): void {
  const { description, tone = "neutral", action } = options;
  const timeout = options.timeoutMs ?? (tone === "bad" ? 0 : action ? 10_000 : 5_000);
  const id = toastManager.add({
    title,
    description,
    type: tone,
    timeout,
    priority: tone === "bad" ? "high" : "low",
    ...(action
      ? {
          actionProps: {
            children: action.label,
            onClick: () => {
              action.onSelect();
              toastManager.close(id);
            },
          },
        }
      : {}),
  });
}
