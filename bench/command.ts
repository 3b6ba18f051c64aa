/** Runs one command to its end and measures it: wall time, CPU time of the whole process tree, peak memory. */
import { spawn } from "node:child_process";

import { sampleMemory } from "./process-tree.ts";

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes with which the command has done its work. */
  readonly codes: readonly number[];
}

export interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMB: number;
}

/** Bash adds up the CPU time of a process and of all that it waited for. */
const timed = 'TIMEFORMAT=\'%3R %3U %3S\'; time "$0" "$@" 2>&3 >/dev/null';

export async function measure(command: Command): Promise<Measured> {
  const child = spawn("bash", ["-c", timed, command.program, ...command.args], {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const memory = sampleMemory(child.pid ?? 0, { own: "left out" });
  let times = "";
  let messages = "";
  child.stderr?.on("data", (chunk: Buffer) => (times += String(chunk)));
  child.stdio[3]?.on("data", (chunk: Buffer) => (messages += String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const peakMB = memory.stop();
  const [wall, user, system] = times.trim().split(" ").map(Number);
  if (code === null || !command.codes.includes(code) || wall === undefined) {
    const said = messages.trim().split("\n").slice(-5).join("\n");
    throw new Error(
      `${command.program} ${command.args.join(" ")} ended with code ${code}:\n${said}`,
    );
  }
  return { wallMs: wall * 1000, cpuMs: ((user ?? 0) + (system ?? 0)) * 1000, peakMB };
}
