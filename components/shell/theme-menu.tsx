"use client";
import { useEffect, useState } from "react";
import { Check, Monitor, Moon, Sun } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { applyTheme, THEMES, type Theme } from "#components/ui/theme.ts";

const LABELS: Record<Theme, string> = { light: "Light", dark: "Dark", system: "Same as the device" };
const ICONS = { light: Sun, dark: Moon, system: Monitor };

/** Chooses light, dark or the device's look; follows the device while it is chosen. */
export function ThemeMenu({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  useEffect(() => {
    if (theme !== "system") return;
    const device = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => applyTheme("system");
    device.addEventListener("change", follow);
    return () => device.removeEventListener("change", follow);
  }, [theme]);
  const Icon = ICONS[theme];
  return (
    <Menu
      label="Theme"
      trigger={
        <Button variant="quiet" size="compact" className="w-[var(--h-compact)] px-0">
          <Icon aria-hidden />
        </Button>
      }
      items={THEMES.map((choice) => ({
        label: LABELS[choice],
        icon: choice === theme ? <Check aria-hidden /> : null,
        onSelect: () => {
          applyTheme(choice);
          setTheme(choice);
        },
      }))}
    />
  );
}
