import type { ComponentProps } from "react";

/** A button without a look of its own, for things that are a button as a whole, such as a card. */
export function BareButton({ type = "button", ...rest }: ComponentProps<"button">) {
  return <button type={type} {...rest} />;
}
