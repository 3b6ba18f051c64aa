/**
 * A lock file, so that two processes don't fetch the same source at the same time. It only saves work: whoever can't
 * lock, or has waited long enough, goes on without.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export interface LockOptions {
  /** For so long another holder is waited for. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** A living holder touches its file this often … */
const touchMs = 2000;
/** … so a file this old belongs to nobody. */
const staleMs = 15_000;
const pollMs = 50;

/** Answers what gives the lock back, and whether somebody else had it before. */
export async function lockFile(
  path: string,
  { patienceMs, signal }: LockOptions,
): Promise<{ readonly waited: boolean; readonly release: () => Promise<void> }> {
  const own = `${process.pid} ${hostname()} ${randomUUID()}`;
  const deadline = performance.now() + patienceMs;
  let waited = false;
  for (;;) {
    signal.throwIfAborted();
    const taken = await take(path, own);
    if (taken === "yes") return { waited, release: keepTouched(path, own) };
    const isPatient = performance.now() < deadline;
    if (taken === "impossible" || !isPatient) return { waited, release: async () => {} };
    waited = true;
    if (await isStale(path)) await removeStale(path);
    else await pause(pollMs, undefined, { signal });
  }
}

async function take(path: string, own: string): Promise<"yes" | "held" | "impossible"> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, own, { flag: "wx", mode: 0o600 });
    return "yes";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EEXIST" ? "held" : "impossible";
  }
}

function keepTouched(path: string, own: string): () => Promise<void> {
  const touch = (): void => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  };
  const timer = setInterval(touch, touchMs).unref();
  return async () => {
    clearInterval(timer);
    // Whoever thought this holder dead has a lock of its own by now.
    if ((await readFile(path, "utf8").catch(() => "")) === own) await rm(path, { force: true });
  };
}

async function isStale(path: string): Promise<boolean> {
  const known = await stat(path).catch(() => undefined);
  if (known === undefined) return false;
  if (Date.now() - known.mtimeMs > staleMs) return true;
  const [pid = "", host] = (await readFile(path, "utf8").catch(() => "")).split(" ");
  return host === hostname() && /^\d+$/.test(pid) && !isRunning(Number(pid));
}

/** By a rename, which only one of several processes succeeds in. */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
