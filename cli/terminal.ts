/** The streams of the process as the command sees them: writes that wait for the reader, and a progress line. */
import type { Progress } from "#simulator";

/** What `process.stdout` is, and what a test can be. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): boolean;
  once(event: "drain" | "close" | "error", listener: () => void): unknown;
  off(event: "drain" | "close" | "error", listener: () => void): unknown;
  readonly destroyed?: boolean;
  readonly errored?: unknown;
}

/** Everything that comes from the process. */
export interface Terminal {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The reader of the output has gone (`| head`): nothing more to do, and nothing to complain about. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

const blockSize = 64 * 1024;

/** Writes in blocks, waits while the reader is slow, and stops as soon as there is no reader. */
export async function writeAll(
  stream: Stream,
  texts: Iterable<string>,
  signal: AbortSignal,
): Promise<void> {
  let block = "";
  for (const text of texts) {
    block += text;
    if (block.length < blockSize) continue;
    await writeBlock(stream, block, signal);
    block = "";
  }
  if (block !== "") await writeBlock(stream, block, signal);
}

async function writeBlock(stream: Stream, block: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (isGone(stream)) throw new ReaderGone();
  if (stream.write(block)) return;
  await new Promise<void>((resolve) => {
    const events = ["drain", "close", "error"] as const;
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    for (const event of events) stream.once(event, done);
    signal.addEventListener("abort", done);
  });
  signal.throwIfAborted();
  if (isGone(stream)) throw new ReaderGone();
}

function isGone(stream: Stream): boolean {
  return stream.destroyed === true || (stream.errored !== undefined && stream.errored !== null);
}

export interface ProgressLine {
  readonly show: (progress: Progress) => void;
  /** Takes the line away; to be called before anything else is written. */
  readonly end: () => void;
}

const quietMilliseconds = 300;
const redrawMilliseconds = 80;

/** One line on stderr, drawn only on a terminal and only once the work has lasted a while. */
export function progressLine(terminal: Terminal, now: () => number): ProgressLine {
  const { stderr, env } = terminal;
  if (stderr.isTTY !== true || env["TERM"] === "dumb")
    return { show: () => undefined, end: () => undefined };
  let nextDraw = now() + quietMilliseconds;
  let drawn = false;
  return {
    show: (progress) => {
      if (now() < nextDraw) return;
      nextDraw = now() + redrawMilliseconds;
      drawn = true;
      stderr.write(`\r\u001b[2K${progressText(progress).slice(0, (stderr.columns ?? 80) - 1)}`);
    },
    end: () => {
      if (drawn) stderr.write("\r\u001b[2K");
      drawn = false;
      nextDraw = Number.POSITIVE_INFINITY;
    },
  };
}

function progressText(progress: Progress): string {
  const count = progress.total > 0 ? ` ${progress.done}/${progress.total}` : "";
  return `${stageText(progress.stage)}${count} …`;
}

function stageText(stage: Progress["stage"]): string {
  switch (stage) {
    case "discover":
      return "finding clusters";
    case "fetch":
      return "fetching sources";
    case "render":
      return "rendering";
    case "compare":
      return "comparing";
    case "ask":
      return "asking the cluster";
  }
}
