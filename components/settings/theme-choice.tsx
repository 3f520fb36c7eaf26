"use client";
import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { applyTheme, type Theme } from "#components/ui/theme.ts";

const OPTIONS = [
  { value: "system", label: "Same as the device" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const satisfies readonly { value: Theme; label: string }[];

/** Chooses light or dark; takes effect at once. */
export function ThemeChoice({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  return (
    <Field label="Theme" className="max-w-64">
      <Select<Theme>
        options={OPTIONS}
        value={theme}
        onValueChange={(next) => {
          applyTheme(next);
          setTheme(next);
        }}
      />
    </Field>
  );
}
