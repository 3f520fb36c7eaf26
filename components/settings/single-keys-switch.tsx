"use client";
import { useState } from "react";
import { SINGLE_KEYS_COOKIE } from "#components/shell/shortcuts.ts";
import { Switch } from "#components/ui/switch.tsx";

/** Turns shortcuts of one key off for people whose speech or hands press keys by accident; takes effect at once. */
export function SingleKeysSwitch({ initial }: { initial: boolean }) {
  const [on, setOn] = useState(initial);
  return (
    <Switch
      label="Single-key shortcuts"
      help="Such as J and K in lists, or / to search. Shortcuts with Ctrl always work."
      checked={on}
      onCheckedChange={(next) => {
        setOn(next);
        // biome-ignore lint/suspicious/noDocumentCookie: cookieStore needs a secure context, plain HTTP is supported
        document.cookie = `${SINGLE_KEYS_COOKIE}=${next ? "on" : "off"}; path=/; max-age=31536000; samesite=lax`;
      }}
    />
  );
}
