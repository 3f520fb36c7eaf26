import type { ClosedGates, Gate, GateKind } from "#lib/core/gate.ts";
import { LARGE_BODY_BYTES } from "#lib/core/size-limits.ts";
import { KIB, SECOND } from "#lib/core/units.ts";
import { OwnTime } from "#lib/running/own-time.ts";

/**
 * A run that has waited longer than this for others, calls and expressions, is slow: it leaves its place and counts
 * against a share. What this machine itself needs for it counts only from `LONG_AFTER_MS` on: with a backlog, all take
 * long.
 */
const SLOW_AFTER_MS = 250;
const LONG_AFTER_MS = 2 * SECOND;
const LOOK_EVERY_MS = 50;
/** While nothing is slow behind a gate it lets twice as many through at each look, up to this often the places. */
const OPENING_FACTOR_MAX = 8;
/** Slow runs a worker has at most, for each of its places and in all: they cost memory alone. */
const SLOW_PER_PLACE_MAX = 10;
const SLOW_MAX = 1_000;
/** A slow run with a larger body counts as several, up to those whose bodies are kept and worked on elsewhere. */
const BYTES_PER_RUN = 64 * KIB;

/** A gate of one workspace. */
export type WorkspaceGate = Gate & { readonly workspaceId: string };

/** A claimed run, as far as shares are concerned. */
export type SharedRun = { readonly workspaceId: string; readonly flowId: string; readonly bodyBytes: number };

/** What one job holds of this worker. */
export type Place = {
  /** Resolves when the run has stepped aside: it goes on, and its place is free for others. */
  readonly freed: Promise<void>;
  /** The run is claimed; from now on it may step aside. */
  begin(run: SharedRun): void;
  /** Does work that others do: what it takes counts as waiting. */
  wait<Result>(work: () => Promise<Result>): Promise<Result>;
  /** The run ended or was given back. */
  end(): void;
};

type Begun = {
  sinceMs: number;
  /** What it waited for others in all, until `waitsSinceMs` when it waits now. */
  waitedMs: number;
  waitsSinceMs: number;
  waits: number;
  weight: number;
  gates: string[];
  isAside: boolean;
  stepAside: () => void;
};

/**
 * Shares out the places of one worker. Whatever waits longer than 250 ms steps aside, so that nothing slow holds a
 * place; how much may stand aside is limited for each flow, target and workspace, and shrinks as it fills, so that many
 * who are slow leave room for the next. A key none of whose runs is slow is never limited. Counts what this process
 * does at the moment and nothing else: a process that dies takes its counts along.
 */
export class Shares {
  /** Runs that are worked on side by side, those aside left out. */
  readonly places: number;
  readonly #slowMax: number;
  readonly #time: OwnTime;
  readonly #quick = new Set<Begun>();
  readonly #aside = new Map<string, number>();
  readonly #working = new Map<string, number>();
  /** When the calls under way began, by target. */
  readonly #calls = new Map<string, Set<{ sinceMs: number }>>();
  #asideWeight = 0;
  /** How many a gate with runs held back at it let through at the last look while none was slow. */
  readonly #opening = new Map<string, number>();
  #lined: readonly WorkspaceGate[] = [];
  /** Flows that go on, by the id of the workspace whose brake is on. */
  #brakes: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  #linedTargets: ReadonlySet<string> = new Set();
  #looking: NodeJS.Timeout | undefined;

  constructor(places: number, now: () => number = () => performance.now()) {
    this.places = places;
    this.#slowMax = Math.min(places * SLOW_PER_PLACE_MAX, Math.max(SLOW_MAX, places));
    this.#time = new OwnTime(now);
  }

  /** A place for one job. */
  open(): Place {
    let stepAside: () => void = () => undefined;
    const freed = new Promise<void>((resolve) => (stepAside = resolve));
    let begun: Begun | null = null;
    return {
      freed,
      begin: (run) => {
        const nowMs = this.#time.now();
        const isLarge = run.bodyBytes > LARGE_BODY_BYTES;
        begun = {
          sinceMs: nowMs,
          waitedMs: 0,
          waitsSinceMs: nowMs,
          waits: isLarge ? 1 : 0,
          weight: isLarge ? 1 : 1 + Math.floor(run.bodyBytes / BYTES_PER_RUN),
          gates: gatesOf(run),
          isAside: false,
          stepAside,
        };
        this.#quick.add(begun);
        for (const gate of begun.gates) add(this.#working, gate, 1);
        this.#keepLooking();
      },
      wait: async (work) => {
        if (begun === null) return work();
        const waiting = begun;
        if (waiting.waits++ === 0) waiting.waitsSinceMs = this.#time.now();
        try {
          return await work();
        } finally {
          if (--waiting.waits === 0) waiting.waitedMs += this.#time.now() - waiting.waitsSinceMs;
        }
      },
      end: () => {
        if (begun !== null) this.#end(begun);
        begun = null;
      },
    };
  }

  /** Notes a call of a target that begins now; to be called when it is over. */
  call(workspaceId: string, target: string): () => void {
    const key = keyOf({ workspaceId, kind: "target", key: target });
    const calls = this.#calls.get(key) ?? new Set();
    this.#calls.set(key, calls);
    const call = { sinceMs: this.#time.now() };
    calls.add(call);
    this.#keepLooking();
    return () => {
      calls.delete(call);
      if (calls.size === 0) this.#calls.delete(key);
    };
  }

  /** Whether a target may not be called now: its share is used up, or others wait for it and `inTurn` is false. */
  isTargetClosed(workspaceId: string, target: string, inTurn: boolean): boolean {
    const gate: WorkspaceGate = { workspaceId, kind: "target", key: target };
    return this.#isFull(gate) || (!inTurn && this.#linedTargets.has(keyOf(gate)));
  }

  /** The flows and workspaces of which nothing is to be claimed now. */
  closedGates(): ClosedGates {
    if (this.#aside.size === 0 && this.#lined.length === 0) return NONE;
    const full: string[] = [];
    for (const [name, count] of this.#aside) {
      const [kind, key] = name.split(" ") as [GateKind, string];
      if (count >= this.#shareOf(kind)) full.push(key);
    }
    return { full, lined: this.#lined.flatMap(({ kind, key }) => (kind === "target" ? [] : [key])) };
  }

  /** Says which workspaces have their brake on, and which of their flows go on. */
  setBrakes(brakes: readonly { workspaceId: string; releasedFlows: readonly string[] }[]): void {
    this.#brakes = new Map(brakes.map((brake) => [brake.workspaceId, new Set(brake.releasedFlows)]));
  }

  /** Whether a flow's workspace has its brake on, and the flow was not let go. */
  isBraked(workspaceId: string, flowId: string): boolean {
    return this.#brakes.get(workspaceId)?.has(flowId) === false;
  }

  /** Says which gates runs are held back at, so that those who come later come after them. */
  setLines(gates: readonly WorkspaceGate[]): void {
    this.#lined = gates;
    const lined = new Set(gates.map(keyOf));
    for (const key of this.#opening.keys()) if (!lined.has(key)) this.#opening.delete(key);
    this.#linedTargets = new Set(gates.flatMap((gate) => (gate.kind === "target" ? [keyOf(gate)] : [])));
  }

  /**
   * How many more runs of a gate this worker takes now; 0 when it is closed. While none of them is slow, twice as many
   * as at the last look: what only waited because this worker was busy goes on soon, what is slow shows before too many
   * are through.
   */
  room(gate: WorkspaceGate): number {
    if (this.#isFull(gate)) return 0;
    const key = keyOf(gate);
    const [busy, slow] =
      gate.kind === "target"
        ? [this.#calls.get(key)?.size ?? 0, this.#slowCalls(key)]
        : [this.#working.get(key) ?? 0, this.#aside.get(key) ?? 0];
    if (slow > 0) {
      this.#opening.delete(key);
      return Math.max(0, Math.min(this.places, this.#shareOf(gate.kind)) - busy);
    }
    const opening = Math.min(this.places * OPENING_FACTOR_MAX, 2 * (this.#opening.get(key) ?? this.places / 2));
    this.#opening.set(key, opening);
    return opening;
  }

  /** Runs that stand aside now. */
  get asideWeight(): number {
    return this.#asideWeight;
  }

  /** Lets step aside what has become slow; called every 50 ms while runs are under way. */
  look(): void {
    const nowMs = this.#time.now();
    for (const begun of this.#quick) {
      if (this.#asideWeight >= this.#slowMax) break;
      const waitedMs = begun.waitedMs + (begun.waits > 0 ? nowMs - begun.waitsSinceMs : 0);
      if (waitedMs <= SLOW_AFTER_MS && nowMs - begun.sinceMs <= LONG_AFTER_MS) continue;
      this.#quick.delete(begun);
      begun.isAside = true;
      this.#asideWeight += begun.weight;
      for (const gate of begun.gates) add(this.#aside, gate, 1);
      begun.stepAside();
    }
    this.#rest();
  }

  /** Also while all stand aside: the clock is read at each look. */
  #keepLooking(): void {
    this.#looking ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  #end(begun: Begun): void {
    this.#quick.delete(begun);
    for (const gate of begun.gates) add(this.#working, gate, -1);
    if (!begun.isAside) return;
    this.#asideWeight -= begun.weight;
    for (const gate of begun.gates) add(this.#aside, gate, -1);
  }

  #rest(): void {
    if (this.#quick.size + this.#aside.size + this.#calls.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #isFull(gate: WorkspaceGate): boolean {
    const slow = gate.kind === "target" ? this.#slowCalls(keyOf(gate)) : (this.#aside.get(keyOf(gate)) ?? 0);
    return slow > 0 && slow >= this.#shareOf(gate.kind);
  }

  #slowCalls(key: string): number {
    const slowSinceMs = this.#time.now() - SLOW_AFTER_MS;
    let slow = 0;
    for (const { sinceMs } of this.#calls.get(key) ?? []) {
      if (sinceMs > slowSinceMs) break;
      slow += 1;
    }
    return slow;
  }

  /**
   * A flow or target may have as much as there are places, and a quarter of what is left; a workspace three times that.
   */
  #shareOf(kind: GateKind): number {
    const left = Math.max(0, this.#slowMax - this.#asideWeight);
    return kind === "workspace" ? left * 3 : Math.min(this.places, Math.ceil(left / 4));
  }
}

const NONE: ClosedGates = { full: [], lined: [] };

function gatesOf({ workspaceId, flowId }: SharedRun): string[] {
  return [
    keyOf({ workspaceId, kind: "flow", key: flowId }),
    keyOf({ workspaceId, kind: "workspace", key: workspaceId }),
  ];
}

/** Ids of flows and workspaces are nobody else's; the same target is another one for each workspace. */
function keyOf({ kind, key, workspaceId }: WorkspaceGate): string {
  return kind === "target" ? `target ${workspaceId} ${key}` : `${kind} ${key}`;
}

function add(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
