/** Peak memory of a process and everything below it, sampled from /proc (Linux). */
import { readdirSync, readFileSync } from "node:fs";

export interface MemorySampler {
  /** The largest sum, over all samples, of what the living processes have taken at most (VmHWM), in MiB. */
  stop(): number;
}

const interval = 10;

/** `own` leaves out or includes the process itself: a shell that only measures is left out. */
export function sampleMemory(
  pid: number,
  { own }: { readonly own: "counted" | "left out" },
): MemorySampler {
  let peak = 0;
  const sample = (): void => {
    const processes = own === "counted" ? treeOf(pid) : treeOf(pid).slice(1);
    const sum = processes.reduce((total, one) => total + highWater(one), 0);
    peak = Math.max(peak, sum);
  };
  const timer = setInterval(sample, interval);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return peak / 1024;
    },
  };
}

/** The process first, then its descendants. */
function treeOf(pid: number): readonly number[] {
  const found = [pid];
  for (const one of found) {
    const command = commandOf(one);
    for (const thread of readFolder(`/proc/${one}/task`)) {
      const children = readText(`/proc/${one}/task/${thread}/children`);
      const started = children.split(" ").filter(Boolean).map(Number);
      // Until it starts its own program, a new process shows the memory that it shares with its parent.
      found.push(...started.filter((child) => commandOf(child) !== command));
    }
  }
  return found;
}

function commandOf(pid: number): string {
  return readText(`/proc/${pid}/cmdline`);
}

function highWater(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** A process may be gone at any moment. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function readFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
