"use client";
import { type ReactNode, useEffect, useState } from "react";
import { Check, Copy } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { copyText } from "#components/ui/copy-text.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { showToast } from "#components/ui/show-toast.ts";

/** Copies exactly `text`. With children a worded button, else an icon. Says "Copied" to screen readers too. */
export function CopyButton({
  text,
  label = "Copy",
  children,
  size = "compact",
}: {
  text: string;
  label?: string;
  children?: ReactNode;
  size?: "compact" | "default";
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    if (await copyText(text)) setCopied(true);
    else
      showToast("The browser did not allow copying", { description: "Select the text and press Ctrl-C.", tone: "bad" });
  };
  const icon = copied ? <Check aria-hidden className="text-ok-text" /> : <Copy aria-hidden />;
  return (
    <>
      {children ? (
        <Button size={size} icon={icon} onClick={copy}>
          {children}
        </Button>
      ) : (
        <IconButton label={label} icon={icon} size={size} onClick={copy} />
      )}
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </>
  );
}
