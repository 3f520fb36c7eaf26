/** Told which topics changed; `["*"]` when some news may have been missed. */
export type NewsHandler = (topics: readonly string[]) => void;

type Message =
  | { kind: "want"; tab: string; topics: string[] }
  | { kind: "gone"; tab: string }
  | { kind: "news"; topics: string[] };

const LEADER_KEY = "hookline.live.leader";
const BEAT_MS = 1_000;
const LEADER_SILENT_MS = 3_000;
const WANT_FORGOTTEN_MS = 8_000;

/**
 * One event stream for all visible tabs of a browser (a browser opens about six connections per origin): one visible
 * tab leads, holds the stream for everybody's topics, and passes the news on. Hidden tabs hold nothing and read again
 * when they are shown. Works without a secure context.
 */
export class LiveHub {
  readonly #tab = Math.random().toString(36).slice(2);
  readonly #handlers = new Map<NewsHandler, ReadonlySet<string>>();
  /** Those not told anything yet: between the reading of their page and now something may have changed. */
  readonly #fresh = new Set<NewsHandler>();
  readonly #wants = new Map<string, { topics: string[]; atMs: number }>();
  #channel: BroadcastChannel | null = null;
  /** The newest stream, open or on its way, and what it was asked for. */
  #source: EventSource | null = null;
  #sourceTopics = "";
  /** Streams before it, which go on until it is there. */
  readonly #older: EventSource[] = [];
  /** Topics whose news has come through without a gap since their pages were read. */
  #heard: ReadonlySet<string> = new Set();
  #timer: ReturnType<typeof setInterval> | null = null;
  #isBeatDue = false;

  /**
   * Calls `handler` for news of these topics until the returned function is called, and once as soon as these are
   * heard: its page was read before.
   */
  subscribe(topics: readonly string[], handler: NewsHandler): () => void {
    this.#handlers.set(handler, new Set(topics));
    this.#fresh.add(handler);
    this.#open();
    this.#beatSoon();
    return () => {
      this.#handlers.delete(handler);
      this.#fresh.delete(handler);
      this.#beatSoon();
    };
  }

  /** Once for all that a page subscribes and gives up in one go: each set of topics is a connection. */
  #beatSoon(): void {
    if (this.#isBeatDue) return;
    this.#isBeatDue = true;
    queueMicrotask(() => {
      this.#isBeatDue = false;
      if (this.#handlers.size === 0) this.#shut();
      else this.#beat();
    });
  }

  #open(): void {
    if (this.#timer !== null) return;
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    document.addEventListener("visibilitychange", this.#shown);
    window.addEventListener("pagehide", this.#left);
    if (typeof BroadcastChannel === "undefined") return;
    this.#channel = new BroadcastChannel("hookline.live");
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
  }

  #shut(): void {
    this.#left();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    document.removeEventListener("visibilitychange", this.#shown);
    window.removeEventListener("pagehide", this.#left);
    this.#channel?.close();
    this.#channel = null;
  }

  readonly #shown = (): void => {
    if (document.visibilityState === "hidden") return this.#left();
    this.#deliver(["*"]);
    this.#beat();
  };

  readonly #left = (): void => {
    if (this.#source !== null && readLeader()?.tab === this.#tab) writeLeader(null);
    this.#closeSource();
    this.#channel?.postMessage({ kind: "gone", tab: this.#tab } satisfies Message);
  };

  #beat(): void {
    if (document.visibilityState === "hidden" || this.#handlers.size === 0) return;
    const nowMs = Date.now();
    const mine = [...new Set([...this.#handlers.values()].flatMap((topics) => [...topics]))];
    this.#channel?.postMessage({ kind: "want", tab: this.#tab, topics: mine } satisfies Message);
    const leader = readLeader();
    const led =
      this.#channel !== null && leader !== null && leader.tab !== this.#tab && nowMs - leader.atMs < LEADER_SILENT_MS;
    if (led) {
      this.#closeSource();
      return this.#tellFresh(() => true);
    }
    writeLeader({ tab: this.#tab, atMs: nowMs });
    for (const [tab, want] of this.#wants) if (nowMs - want.atMs > WANT_FORGOTTEN_MS) this.#wants.delete(tab);
    this.#openSource(
      [...new Set([...mine, ...[...this.#wants.values()].flatMap((want) => want.topics)])].sort().slice(0, 50),
    );
    this.#tellFresh((topic) => this.#heard.has(topic));
  }

  #tellFresh(isHeard: (topic: string) => boolean): void {
    for (const handler of [...this.#fresh]) {
      const topics = [...(this.#handlers.get(handler) ?? [])];
      if (!topics.every(isHeard)) continue;
      this.#fresh.delete(handler);
      handler(topics);
    }
  }

  #hear(message: Message): void {
    if (message.kind === "news") return this.#deliver(message.topics);
    if (message.kind === "gone") {
      this.#wants.delete(message.tab);
      return;
    }
    const known = this.#wants.has(message.tab);
    this.#wants.set(message.tab, { topics: message.topics, atMs: Date.now() });
    if (!known && this.#source !== null) this.#beat();
  }

  #openSource(topics: readonly string[]): void {
    const wanted = topics.join(",");
    const open = this.#source !== null && this.#source.readyState !== EventSource.CLOSED;
    if (open && wanted === this.#sourceTopics) return;
    if (this.#source !== null) this.#older.push(this.#source);
    this.#sourceTopics = wanted;
    const source = new EventSource(`/api/live?topics=${encodeURIComponent(wanted)}`);
    this.#source = source;
    source.addEventListener("open", () => this.#hears(source, topics));
    // It tries again by itself; what is said meanwhile is missed.
    source.addEventListener("error", () => (this.#heard = new Set()));
    source.addEventListener("news", (event: MessageEvent<string>) => this.#pass(JSON.parse(event.data) as string[]));
  }

  /**
   * A stream is there. Everything it is asked for that was not heard without a gap before, by the stream it takes the
   * place of, may have changed since its page was read.
   */
  #hears(source: EventSource, topics: readonly string[]): void {
    if (source !== this.#source) return;
    for (const older of this.#older.splice(0)) older.close();
    const missed = topics.filter((topic) => !this.#heard.has(topic));
    this.#heard = new Set(topics);
    if (missed.length > 0) this.#pass(missed);
    this.#tellFresh((topic) => this.#heard.has(topic));
  }

  #closeSource(): void {
    for (const older of this.#older.splice(0)) older.close();
    this.#source?.close();
    this.#source = null;
    this.#sourceTopics = "";
    this.#heard = new Set();
  }

  #pass(topics: string[]): void {
    this.#channel?.postMessage({ kind: "news", topics } satisfies Message);
    this.#deliver(topics);
  }

  #deliver(topics: readonly string[]): void {
    for (const [handler, wanted] of [...this.#handlers]) {
      const own = topics.includes("*") ? topics : topics.filter((topic) => wanted.has(topic));
      if (own.length === 0) continue;
      if ([...wanted].every((topic) => this.#heard.has(topic))) this.#fresh.delete(handler);
      handler(own);
    }
  }
}

type Leader = { tab: string; atMs: number };

function readLeader(): Leader | null {
  try {
    const leader = JSON.parse(localStorage.getItem(LEADER_KEY) ?? "null") as Leader | null;
    return typeof leader?.tab === "string" && typeof leader.atMs === "number" ? leader : null;
  } catch {
    return null;
  }
}

function writeLeader(leader: Leader | null): void {
  try {
    if (leader === null) localStorage.removeItem(LEADER_KEY);
    else localStorage.setItem(LEADER_KEY, JSON.stringify(leader));
  } catch {
    // Storage is full or forbidden: every tab then leads itself.
  }
}

let hub: LiveHub | null = null;

/** The hub of this tab. Browser only. */
export function liveHub(): LiveHub {
  hub ??= new LiveHub();
  return hub;
}
