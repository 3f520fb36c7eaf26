import type { VariantProps } from "class-variance-authority";
import NextLink from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { buttonLook } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";

type ButtonLinkProps = ComponentProps<typeof NextLink> & VariantProps<typeof buttonLook> & { icon?: ReactNode };

/** A link that looks like a button: it goes somewhere, it does not do something. */
export function ButtonLink({ variant, size, icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <NextLink className={cx(buttonLook({ variant, size }), className)} {...rest}>
      {icon}
      {children}
    </NextLink>
  );
}
