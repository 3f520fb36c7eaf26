/** What a person may choose for the look. */
export const THEMES = ["light", "dark", "system"] as const;

/** One of the three looks; "system" follows the device. */
export type Theme = (typeof THEMES)[number];

/** The cookie that keeps the choice for a year. */
export const THEME_COOKIE = "hookline.theme";

/** The choice of a cookie's value; "system" for none or anything else. */
export function themeOf(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}

/** Runs in the head before the first paint, only while the choice is "system", so that the page never flashes. */
export const SYSTEM_THEME_SCRIPT =
  "document.documentElement.dataset.theme=" + 'matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"';

/** Puts a choice on the page at once and keeps it in the cookie. Browser only. */
export function applyTheme(theme: Theme): void {
  // biome-ignore lint/suspicious/noDocumentCookie: cookieStore needs a secure context, plain HTTP is supported
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=31536000; samesite=lax`;
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.documentElement.dataset.themeChoice = theme;
}
