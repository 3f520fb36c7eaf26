import { Fragment } from "react";

/** Words in which `backticks` mark names and values: those are drawn as code. */
export function WithCode({ text }: { text: string }) {
  return text
    .split("`")
    .map((part, index) => (
      <Fragment key={index}>
        {index % 2 === 1 ? <code className="rounded-chip bg-sunken px-1 text-ink">{part}</code> : part}
      </Fragment>
    ));
}
