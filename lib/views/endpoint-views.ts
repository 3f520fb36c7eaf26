import type { EndpointSettings, OwnSource } from "#lib/core/endpoint-settings.ts";
import type { RequestVerdict, RunState, Verification } from "#lib/core/states.ts";
import type { BodyReadingView } from "#lib/views/body-views.ts";

/** An endpoint in the list. Times are ISO texts. */
export type EndpointListItem = {
  id: string;
  name: string;
  providerName: string;
  url: string;
  health: EndpointHealth;
  /** Events and refusals per hour of the last 24, oldest first. */
  accepted: number[];
  refused: number[];
  lastAt: string | null;
  lastEventType: string | null;
};

/** How an endpoint is, in one word and one sentence. */
export type EndpointHealth = { kind: "waiting" | "ok" | "refusing" | "paused"; sentence: string };

/** A sender a person can choose, with what its form needs. */
export type ProviderChoice = {
  id: string;
  name: string;
  schemes: Array<{ id: string; label: string; needsSecret: boolean }>;
  optionFields: Array<{
    id: string;
    label: string;
    help: string;
    kind: "text" | "number" | "select" | "secret";
    choices: string[];
    defaultValue: string;
    required: boolean;
  }>;
  secretWhere: string | null;
  secretLooksLike: string | null;
  pasteUrl: string;
  retries: string;
  /**
   * Where several events stand in one request, what one is, in a noun, and whether each has an id; null for senders of
   * one at a time.
   */
  batch: { path: string; itemIs: string; hasId: boolean } | null;
  /** How its repeats are recognised unless the owner chooses something else. */
  repeats: RepeatsView;
  /** How long the sender waits for an answer, as it says itself; null when unknown. */
  ackDeadlineSeconds: number | null;
  /** The addresses it publishes, read in the month `asOf`. */
  addresses: { ranges: string[]; url: string | null; note: string; asOf: string } | null;
};

/**
 * By an id of the sender's, by its content for so many days, or not (with why); `fields` are what an owner may choose
 * instead.
 */
export type RepeatsView = {
  known: "id" | "content" | "nothing";
  days: number;
  why: string | null;
  fields: OwnSource[];
};

/** A signing secret as it may be shown. */
export type SecretView = {
  id: string;
  label: string;
  endsIn: string;
  verifiedCount: number;
  lastVerifiedAt: string | null;
  createdAt: string;
  /**
   * Whether it retires by itself: not at all, not before a newer one has verified something, or at a time unless used.
   */
  retirement: { kind: "stays" } | { kind: "waits" } | { kind: "due"; at: string };
};

/** An endpoint's own page. `settings` is the endpoint's settings as plain JSON. */
export type EndpointView = {
  id: string;
  name: string;
  url: string;
  revision: number;
  paused: boolean;
  provider: ProviderChoice;
  settings: EndpointSettings;
  secrets: SecretView[];
  /**
   * While signatures are required: since when, how many were verified, and refusals in the days after the newest secret
   * came.
   */
  verifiedSince: { since: string; verified: number; refusedLately: { count: number; newestId: string } | null } | null;
  /** Events that wait for resume, at most 10,000; 0 while it is not paused. */
  parked: number;
  reach: { kind: "this-computer" | "network" | "public" | "unknown"; title: string; sentence: string };
  bodyBytesLimit: number;
  answerTimes: { p50Ms: number; p99Ms: number; count: number } | null;
  /** Live flows that start on this endpoint's events. */
  listeningFlows: number;
  /** Of them those with a step that answers the sender. */
  answeringFlows: Array<{ id: string; name: string }>;
  mayEdit: boolean;
  mayAccept: boolean;
  /** May run what is stored through a flow. */
  mayRun: boolean;
  mayTest: boolean;
};

/** One line of the inspector. */
export type RequestItem = {
  id: string;
  verdict: RequestVerdict;
  verification: Verification;
  reason: string | null;
  method: string;
  eventType: string | null;
  bodyBytes: number;
  clientIp: string | null;
  duplicateCount: number;
  receivedAt: string;
  answerMs: number | null;
  /** Items of a request that was split; null for one that was not. */
  itemCount: number | null;
  /** True when this instance sent it itself, as a test or a sample. */
  isTest: boolean;
};

/** An item of a split request, from 0. For a duplicate, `runs` are those of its first coming, in `firstEventId`. */
export type RequestItemView = {
  index: number;
  eventType: string | null;
  deliveryId: string | null;
  duplicate: boolean;
  firstEventId: string | null;
  runs: Array<{ id: string; flowName: string; status: RunState; kind: string }>;
};

/** One check of a request, in the order it was made. */
export type CheckView = { id: string; status: "passed" | "failed" | "not-configured"; message: string };

/** An opened request. `headers`, `query` and `body` are null for people who may not see payloads. */
export type RequestDetail = RequestItem & {
  kind: "event" | "request";
  sentence: string;
  checks: CheckView[];
  rechecks: Array<{ at: string; verification: Verification; message: string; checks: CheckView[] }>;
  runs: Array<{ id: string; flowId: string; flowName: string; status: RunState; versionNumber: number; kind: string }>;
  /**
   * The first items of a split event, of `itemCount`; `seen` came before. Its runs stand with them, and `runs` is
   * empty.
   */
  items: { seen: number; shown: RequestItemView[] } | null;
  /** The first event of a duplicate, or the event a person made of a refused request. */
  relatedEventId: string | null;
  deliveryId: string | null;
  /** `note` says which answer it was where a flow answers; null else. */
  answer: { status: number; body: string; note: string | null };
  path: string;
  contentType: string | null;
  sha256: string | null;
  headers: Array<[name: string, value: string]> | null;
  query: string | null;
  body: RequestBodyView | null;
  /** What reading the body brought to light; null where the payload is not shown or was not kept whole. */
  reading: BodyReadingView | null;
  curl: string | null;
  /** What would have made a refused signature match, when a known mistake explains it. */
  doctor: { title: string; message: string; about: "address" | null } | null;
};

/** The body of an opened request, as far as it is shown: `shownBytes` of `bytes` of which `keptBytes` are stored. */
export type RequestBodyView = {
  bytes: number;
  keptBytes: number;
  shownBytes: number;
  text: string | null;
  base64: string | null;
  kind: "json" | "form" | "xml" | "text" | "binary" | "empty";
};

/** A proposal drawn from the first requests: which sender this looks like. */
export type Recognition = {
  providerId: string;
  name: string;
  requestId: string;
  secretWhere: string | null;
  secretLooksLike: string | null;
};

/** A sample that can be sent. */
export type SampleChoice = { id: string; label: string };
