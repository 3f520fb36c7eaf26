/** A sender that sends the same again although it was taken; `answer` is how a delivery is answered at present. */
export type RepeatsView = {
  /** "known": recognised and dropped as duplicates. "unknown": each ran as an event of its own. */
  kind: "known" | "unknown";
  /** Deliveries or bodies that came three times or more in the last 24 hours. */
  count: number;
  /** How often the most frequent came; null where nobody counts. */
  most: number | null;
  answer: string;
  /** The sender's own custom, for senders known by name. */
  wants: string | null;
};
