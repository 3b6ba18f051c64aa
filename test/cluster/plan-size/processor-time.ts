/** Processor time of this process and of the API server that it started: what a busy machine does not change as it does the clock. */
import { readFileSync, readdirSync } from "node:fs";

export interface Times {
  /** Milliseconds by the clock. */
  readonly wall: number;
  /** Milliseconds of processor time, the render engine's workers included. */
  readonly own: number;
  /** The same of kube-apiserver; 0 where `/proc` does not tell. */
  readonly server: number;
}

export async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly times: Times }> {
  const [wall, own, server] = [performance.now(), process.cpuUsage(), serverTime()];
  const value = await work();
  const used = process.cpuUsage(own);
  return {
    value,
    times: {
      wall: Math.round(performance.now() - wall),
      own: Math.round((used.user + used.system) / 1000),
      server: serverTime() - server,
    },
  };
}

/** Hundredths of a second are what Linux counts in. */
function serverTime(): number {
  try {
    for (const entry of readdirSync("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      const [, name, rest = ""] = /\((.*)\) (.*)/.exec(statOf(entry)) ?? [];
      const fields = rest.split(" ");
      if (name === "kube-apiserver" && Number(fields[1]) === process.pid)
        return (Number(fields[11]) + Number(fields[12])) * 10;
    }
  } catch {
    return 0;
  }
  return 0;
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
}
