"use client";
import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

type Headers = Array<{ name: string; value: string }>;

type AnswerHeadersProps = {
  label: string;
  headers: Headers;
  error: string | undefined;
  disabled: boolean;
  change: (headers: Headers) => void;
};

/** Headers of an answer as lines of text, so that a name being typed is never lost. */
export function AnswerHeaders({ label, headers, error, disabled, change }: AnswerHeadersProps) {
  const [text, setText] = useState(headers.map(({ name, value }) => `${name}: ${value}`).join("\n"));
  return (
    <Field
      label={label}
      mark="optional"
      error={error}
      help={
        "One a line, such as X-Receiver: hookline. Any header that neither frames the answer nor tells browsers " +
        "what to trust."
      }
    >
      <Textarea
        mono
        value={text}
        disabled={disabled}
        onChange={(event) => {
          setText(event.currentTarget.value);
          change(parseHeaders(event.currentTarget.value));
        }}
      />
    </Field>
  );
}

function parseHeaders(text: string): Headers {
  return text.split("\n").flatMap((line) => {
    if (line.trim() === "") return [];
    const colon = line.indexOf(":");
    return [
      {
        name: line.slice(0, colon < 0 ? undefined : colon).trim(),
        value: colon < 0 ? "" : line.slice(colon + 1).trim(),
      },
    ];
  });
}
