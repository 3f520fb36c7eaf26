import { Activity, Inbox, type LucideIcon, Plug, Settings, Webhook, Workflow } from "#components/icons.ts";

/** The pages of the rail, in order. Only pages that exist. */
export const NAVIGATION: readonly { href: string; label: string; icon: LucideIcon; words: string }[] = [
  { href: "/endpoints", label: "Endpoints", icon: Webhook, words: "url receive inspector requests webhook" },
  { href: "/flows", label: "Flows", icon: Workflow, words: "builder automation steps" },
  { href: "/runs", label: "Runs", icon: Activity, words: "history executions failures replay" },
  { href: "/connections", label: "Connections", icon: Plug, words: "smtp credentials accounts" },
  { href: "/outbox", label: "Outbox", icon: Inbox, words: "mail kept" },
  { href: "/settings", label: "Settings", icon: Settings, words: "account api keys egress password" },
];
