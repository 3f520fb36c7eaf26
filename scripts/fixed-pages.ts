/** Pages for who is signed in whose address names no item. */
export const FIXED_PAGES = [
  "/endpoints",
  "/flows",
  "/runs",
  "/connections",
  "/connections/new",
  "/outbox",
  "/settings/account",
  "/settings/api-keys",
  "/settings/egress",
  "/settings/about",
  "/design",
] as const;
