import NextLink from "next/link";
import type { ComponentProps } from "react";
import { cx } from "#components/ui/cx.ts";

/** A link inside text. */
export function TextLink({ className, ...rest }: ComponentProps<typeof NextLink>) {
  return (
    <NextLink
      className={cx("text-accent-text underline decoration-1 underline-offset-2 hover:decoration-2", className)}
      {...rest}
    />
  );
}
