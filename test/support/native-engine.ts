/** The engine as a plain program, for comparing it with the WebAssembly one. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Talks to `cmd/native`: `u32 op, u32 length, bytes` in, `u32 length, bytes` out. */
export class NativeEngine {
  readonly #process: ChildProcess;
  #received: Buffer = Buffer.alloc(0);

  constructor(program: string) {
    this.#process = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout?.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
  }

  async call(operation: number, input: Uint8Array): Promise<Uint8Array> {
    const header = Buffer.alloc(8);
    header.writeUInt32LE(operation, 0);
    header.writeUInt32LE(input.byteLength, 4);
    this.#process.stdin?.write(Buffer.concat([header, input]));
    const head = await this.#take(4);
    return this.#take(head.readUInt32LE(0));
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#received.length < length) {
      await once(this.#process.stdout as NodeJS.ReadableStream, "data");
    }
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.stdin?.end();
    await ended;
  }
}

/** The message of `putFiles`: the artifact's id, then pairs of path and content. */
export function encodeFiles(
  artifact: string,
  files: Iterable<readonly [string, string | Uint8Array]>,
): Uint8Array {
  const field = (content: string | Uint8Array): Buffer[] => {
    const bytes = Buffer.from(content);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.byteLength);
    return [length, bytes];
  };
  return Buffer.concat([
    ...field(artifact),
    ...[...files].flatMap(([path, content]) => [...field(path), ...field(content)]),
  ]);
}
