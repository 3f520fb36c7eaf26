/** An event type with how often it came; `lastAt` is an ISO text, null when it never came. */
export type SeenEventType = { eventType: string; count: number; lastAt: string | null };

/** What a sender says about itself: help text for people, copied from its documentation and never measured here. */
export type SenderHelp = {
  id: string;
  name: string;
  pasteUrl: string;
  secretWhere: string | null;
  secretLooksLike: string | null;
  pitfalls: string[];
  docsUrl: string | null;
  answer: string;
  ackDeadlineSeconds: number | null;
  retries: string;
  rotation: string;
  addresses: PublishedAddressesView | null;
  /** How sure the delivery facts are. */
  confidence: "verified" | "cross-checked" | "likely" | "unsure";
};

/** The addresses a sender publishes, and when that was read. */
export type PublishedAddressesView = { ranges: string[]; url: string | null; note: string; asOf: string };

/** What helps to set an endpoint up at its sender. */
export type EndpointGuide = {
  sender: SenderHelp;
  /** The types people usually want, in the sender's own order, then what else came. */
  worthTicking: SeenEventType[];
  otherTypes: SeenEventType[];
  /** Events counted; the newest ones, at most `countedMax`. */
  counted: number;
  countedMax: number;
};
