/** One thing that must hold for a sender to get through, and whether it does as far as can be known from here. */
export type ReachStep = {
  id: "name" | "connect" | "tls" | "instance" | "scheme" | "outside";
  status: "passed" | "failed" | "unknown";
  title: string;
  message: string;
};

/** What a test of the public address found, in the order a sender meets it. */
export type ReachReport = { address: string; at: string; steps: ReachStep[] };

/** The newest request of an endpoint that came from a public address, however it ended. */
export type OutsideArrival = { id: string; clientIp: string; at: string };

/** A host under which events arrive although another one is given to senders. */
export type OtherHost = { address: string; host: string; count: number; of: number; lastAt: string };

/** A command a person can copy to let senders reach this machine. */
export type ForwardLine = {
  id: string;
  title: string;
  by: "sender" | "tunnel";
  command: string;
  note: string;
  docsUrl: string | null;
};

/** Who reaches an endpoint, and what can be done about it. */
export type ReachView = {
  address: string;
  /** Where the address comes from; "environment" means HOOKLINE_URL, which the page cannot change. */
  origin: "environment" | "saved" | "default";
  lines: ForwardLine[];
  lastOutside: OutsideArrival | null;
  otherHost: OtherHost | null;
  mayEdit: boolean;
  mayTest: boolean;
};
