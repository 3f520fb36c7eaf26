import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps, ReactNode } from "react";
import { LoaderCircle } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";

/** How every button and button-like link looks. */
export const buttonLook = cva(
  [
    "inline-flex shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-control border " +
      "font-medium select-none",
    "transition-colors duration-[120ms] ease-calm",
    "disabled:border-dashed disabled:border-line-strong disabled:bg-transparent disabled:text-ink-3 " +
      "disabled:hover:bg-transparent",
  ],
  {
    variants: {
      variant: {
        primary: "border-transparent bg-accent text-on-accent hover:bg-accent-hover",
        secondary: "border-line-strong bg-surface text-ink hover:bg-hover",
        quiet: "border-transparent bg-transparent text-ink-2 hover:bg-hover hover:text-ink disabled:border-transparent",
        danger: "border-transparent bg-bad-solid text-on-bad hover:brightness-95",
      },
      size: {
        compact: "h-[var(--h-compact)] px-2 text-13",
        default: "h-[var(--h-control)] px-3 text-14",
        large: "h-10 px-4 text-14",
      },
    },
    defaultVariants: { variant: "secondary", size: "default" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof buttonLook> & { icon?: ReactNode; pending?: boolean };

/**
 * A button: verb and object as its text. One `primary` per view. `pending` keeps its width and the focus, spins and
 * refuses a second click.
 */
export function Button({
  variant,
  size,
  icon,
  pending = false,
  className,
  children,
  type = "button",
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={cx(buttonLook({ variant, size }), className)}
      aria-disabled={pending || undefined}
      aria-busy={pending || undefined}
      {...rest}
      onClick={pending ? (event) => event.preventDefault() : onClick}
    >
      {pending ? <LoaderCircle aria-hidden className="animate-spin" /> : icon}
      {children}
    </button>
  );
}
