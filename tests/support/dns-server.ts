import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIP } from "node:net";

/** A DNS server on loopback: answers with the addresses of a name, says there is no such name, or is silent. */
export type DnsServer = {
  /** 127.0.0.1:port. */
  address: string;
  /** Every question so far: "A name" or "AAAA name". */
  questions: string[];
  stop(): Promise<void>;
};

/** What the server does about a name: addresses of either family, null for a name that does not exist, or silence. */
export type DnsReply = readonly string[] | null | "silence";

const TTL_SECONDS = 30;

/** Starts it. */
export async function startDnsServer(reply: (name: string, type: "A" | "AAAA") => DnsReply): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  socket.on("message", (message, from) => {
    const { name, type, end } = readQuestion(message);
    questions.push(`${type} ${name}`);
    const answer = reply(name, type);
    if (answer !== "silence") socket.send(makeAnswer(message, end, type, answer), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    async stop() {
      socket.close();
      await once(socket, "close");
    },
  };
}

/** The question of a message (RFC 1035 §4.1.2). */
function readQuestion(message: Buffer): { name: string; type: "A" | "AAAA"; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return {
    name: labels.join(".").toLowerCase(),
    type: message.readUInt16BE(at + 1) === 28 ? "AAAA" : "A",
    end: at + 5,
  };
}

/** Header, the question as it came, and a record for each address of the wanted family (RFC 1035 §4.1, RFC 3596). */
function makeAnswer(message: Buffer, end: number, type: "A" | "AAAA", answer: readonly string[] | null): Buffer {
  const family = type === "A" ? 4 : 6;
  const records = (answer ?? []).filter((address) => isIP(address) === family).map(bytesOf);
  const header = Buffer.alloc(12);
  message.copy(header, 0, 0, 2);
  header.writeUInt16BE(answer === null ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const sections = records.map((bytes) => {
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type === "A" ? 1 : 28, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(TTL_SECONDS, 6);
    record.writeUInt16BE(bytes.length, 10);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([header, message.subarray(12, end), ...sections]);
}

function bytesOf(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail = ""] = address.split("::");
  const parts = (text: string) => (text === "" ? [] : text.split(":").map((part) => Number.parseInt(part, 16)));
  const [before, after] = [parts(head), parts(tail)];
  const words = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}
