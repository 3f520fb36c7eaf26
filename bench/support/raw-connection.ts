import net from "node:net";

/** One kept-alive connection that sends one request at a time, with as little work of its own as can be. */
export class RawConnection {
  readonly #socket: net.Socket;
  #text = "";
  #isOpen = true;
  #answered: ((status: number) => void) | null = null;
  #failed: ((error: Error) => void) | null = null;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (error) => this.#failed?.(error));
    socket.on("close", () => {
      this.#isOpen = false;
      this.#failed?.(new Error("The connection was closed before its answer."));
    });
    socket.on("end", () => (this.#isOpen = false));
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new RawConnection(socket);
  }

  /** False once the server said that it closes, or did; servers close what idles for some seconds. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends one whole request and gives the status of its answer. */
  send(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#text = "";
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#failed = null;
    this.#socket.end();
  }

  #read(chunk: Buffer): void {
    this.#text += chunk.toString("latin1");
    const headEnd = this.#text.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#text.slice(0, headEnd))?.[1] ?? 0);
    if (this.#text.length < headEnd + 4 + length) return;
    if (/\r\nconnection: close/i.test(this.#text.slice(0, headEnd))) this.#isOpen = false;
    this.#answered?.(Number(this.#text.slice(9, 12)));
  }
}
