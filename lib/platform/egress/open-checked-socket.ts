import net from "node:net";
import tls from "node:tls";
import { canonicalAddress } from "./classify-address.ts";
import { EgressRefused } from "./egress-refused.ts";
import { type EgressPurpose, type EgressRules, findRefusal } from "./egress-rules.ts";
import { plainHost } from "./parse-target.ts";
import type { ResolvedAddress, ResolveHost } from "./resolve-host.ts";

/** What to connect to, under which rules and within which time. */
export type CheckedConnection = {
  purpose: EgressPurpose;
  host: string;
  port: number;
  /** True: TLS from the first byte, certificate checked against `host`. */
  secure: boolean;
  rules: EgressRules;
  resolve: ResolveHost;
  /** For lookup, TCP and TLS together. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
};

/** Thrown when lookup, TCP or TLS did not come about; `code` is Node's. Nothing of the request was sent. */
export class ConnectFailed extends Error {
  override readonly name = "ConnectFailed";
  readonly code: string;
  readonly phase: "lookup" | "tcp" | "tls";
  constructor(phase: "lookup" | "tcp" | "tls", code: string, cause?: unknown) {
    super(`${phase} failed: ${code}`, { cause });
    this.phase = phase;
    this.code = code;
  }
}

/**
 * Resolves a host, refuses when any of its addresses may not be called, and connects only to what was checked: the name
 * is not looked up again, so an answer that changes in between changes nothing. Throws EgressRefused or ConnectFailed.
 */
export async function openCheckedSocket(connection: CheckedConnection): Promise<net.Socket> {
  const deadline = AbortSignal.timeout(connection.timeoutMs);
  const signal = connection.signal === undefined ? deadline : AbortSignal.any([deadline, connection.signal]);
  const host = plainHost(connection.host);
  const addresses = await resolveChecked(connection, host, signal);
  const socket = await connectTcp(addresses, connection.port, host, signal);
  return connection.secure ? secureSocket(socket, host, connection.purpose, signal) : socket;
}

async function secureSocket(
  socket: net.Socket,
  host: string,
  purpose: EgressPurpose,
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
  const secured = tls.connect({
    socket,
    host,
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(purpose === "http" ? { ALPNProtocols: ["http/1.1"] } : {}),
    minVersion: "TLSv1.2",
  });
  await settled(secured, "secureConnect", "tls", signal);
  return secured;
}

async function resolveChecked(
  connection: CheckedConnection,
  host: string,
  signal: AbortSignal,
): Promise<ResolvedAddress[]> {
  const literal = net.isIP(host);
  const addresses =
    literal === 0
      ? await lookedUp(connection.resolve, host, signal)
      : [{ address: host, family: literal === 6 ? 6 : 4 } as const];
  for (const { address } of addresses) {
    const refusal = findRefusal(connection.rules, {
      purpose: connection.purpose,
      host,
      address,
      port: connection.port,
    });
    if (refusal !== null) throw new EgressRefused(refusal);
  }
  return [...addresses];
}

async function lookedUp(resolve: ResolveHost, host: string, signal: AbortSignal): Promise<ResolvedAddress[]> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(new ConnectFailed("lookup", "ETIMEDOUT"));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    const found = await Promise.race([resolve(host), aborted.promise]);
    if (found.length === 0) throw new ConnectFailed("lookup", "ENOTFOUND");
    return found;
  } catch (error) {
    throw error instanceof ConnectFailed ? error : new ConnectFailed("lookup", codeOf(error), error);
  } finally {
    signal.removeEventListener("abort", onAbort);
    aborted.promise.catch(() => undefined);
  }
}

async function connectTcp(
  addresses: ResolvedAddress[],
  port: number,
  host: string,
  signal: AbortSignal,
): Promise<net.Socket> {
  const only = addresses.length === 1 ? addresses[0] : undefined;
  const socket = net.connect({
    port,
    host: only?.address ?? host,
    lookup: pinnedLookup(addresses),
    autoSelectFamily: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  });
  await settled(socket, "connect", "tcp", signal);
  const remote = canonicalAddress(socket.remoteAddress ?? "");
  if (addresses.some(({ address }) => canonicalAddress(address) === remote)) return socket;
  socket.destroy();
  throw new ConnectFailed("tcp", "ECONNADDRESS");
}

function pinnedLookup(addresses: ResolvedAddress[]): net.LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, addresses);
    else if (first !== undefined) callback(null, first.address, first.family);
    else callback(new Error("no address"), "", 4);
  };
}

function settled(
  socket: net.Socket,
  event: "connect" | "secureConnect",
  phase: "tcp" | "tls",
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onError = (error: unknown) => reject(new ConnectFailed(phase, codeOf(error), error));
  const onClose = () => reject(new ConnectFailed(phase, "ECONNRESET"));
  const onAbort = () => reject(new ConnectFailed(phase, "ETIMEDOUT"));
  // Stays for the socket's life: an error between this promise and the next owner's listener would end the process.
  socket.on("error", () => undefined);
  socket.once(event, resolve).once("error", onError).once("close", onClose);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  return promise
    .catch((error: unknown) => {
      socket.destroy();
      throw error;
    })
    .finally(() => {
      socket.off(event, resolve).off("error", onError).off("close", onClose);
      signal.removeEventListener("abort", onAbort);
    });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "EUNKNOWN";
}
