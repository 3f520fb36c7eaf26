import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({
  extend: {
    classGroups: {
      "font-size": [{ text: ["11", "12", "13", "14", "16", "20", "24"] }],
      rounded: [{ rounded: ["chip", "control", "card", "dialog"] }],
      shadow: [{ shadow: ["pop", "dialog"] }],
    },
  },
});

/** Joins class names; of two that set the same property the later one wins. */
export function cx(...values: ClassValue[]): string {
  return merge(clsx(values));
}
