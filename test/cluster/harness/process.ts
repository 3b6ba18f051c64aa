/**
 * Programs that a test cluster runs. Each can be stopped, killed and started again on the same ports and data. None
 * outlives the test: a shell at the end of a pipe kills what is left when this process is gone, however it went.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Resolves when the program answers; asked again until then. */
  readonly isReady: () => Promise<boolean>;
}

export interface ManagedProcess {
  readonly name: string;
  readonly isRunning: boolean;
  /** Resolves when the program is ready; rejects with the end of its log when it exits instead. */
  start(): Promise<void>;
  /** SIGTERM, and SIGKILL after some seconds. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Everything that it printed so far, in all its lives. */
  log(): string;
}

/** Kills the programs of one cluster and removes its folder when this process ends without having done so. */
export interface Watchdog {
  add(pid: number): void;
  remove(pid: number): void;
  release(): void;
}

/** Milliseconds. Far more than it ever takes: on a busy machine a program starts slowly, and that is no failure. */
const patience = { ready: 600_000, stop: 30_000 };

/** `cd /` because the folder is to be removed. */
const watchdogScript = `
cd /
while read -r op pid; do
  case "$op" in
    +) pids="$pids $pid " ;;
    -) pids=$(printf %s "$pids" | sed "s/ $pid / /") ;;
    done) exit 0 ;;
  esac
done
[ -n "$pids" ] && kill -9 $pids 2>/dev/null
rm -rf -- "$1"
`;

export function startWatchdog(folder: string): Watchdog {
  const child = spawn("/bin/sh", ["-c", watchdogScript, "sh", folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  child.stdin.on("error", () => {});
  child.unref();
  const say = (line: string): void => void child.stdin.write(`${line}\n`);
  return {
    add: (pid) => say(`+ ${pid}`),
    remove: (pid) => say(`- ${pid}`),
    release: () => {
      say("done");
      child.stdin.end();
    },
  };
}

/** `folder` is the program's working directory and where its log goes. */
export function manage(program: Program, folder: string, watchdog: Watchdog): ManagedProcess {
  const logFile = join(folder, `${program.name}.log`);
  let child: ChildProcess | undefined;
  const log = (): string => readFileSync(logFile, "utf8");
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    const running = child;
    if (running === undefined) return;
    const gone = new Promise<void>((resolve) => {
      running.once("exit", () => resolve());
      running.once("error", () => resolve());
    });
    running.kill(signal);
    const timer = setTimeout(() => running.kill("SIGKILL"), patience.stop);
    await gone;
    clearTimeout(timer);
  };
  return {
    name: program.name,
    get isRunning() {
      return child !== undefined;
    },
    async start() {
      if (child !== undefined) return;
      const output = openSync(logFile, "a");
      const started = spawn(program.command, [...program.args], {
        cwd: folder,
        stdio: ["ignore", output, output],
        env: { PATH: process.env["PATH"], HOME: folder, TMPDIR: folder, ...program.env },
        detached: true,
      });
      closeSync(output);
      child = started;
      const { pid } = started;
      let failure = "";
      const ended = (): void => {
        if (pid !== undefined) watchdog.remove(pid);
        if (child === started) child = undefined;
      };
      started.once("exit", ended);
      // What could not be started never exits.
      started.once("error", (error) => {
        failure = `${error.message}\n`;
        ended();
      });
      if (pid !== undefined) watchdog.add(pid);
      const isAlive = (): boolean => child === started;
      await until(
        async () => !isAlive() || (await program.isReady()),
        patience.ready,
        program.name,
      );
      if (!isAlive()) throw new Error(`${program.name} ended:\n${failure}${log().slice(-2000)}`);
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    log,
  };
}

/** Asks again and again, with short pauses, until the answer is true. */
export async function until(
  isSo: () => Promise<boolean>,
  patience: number,
  what: string,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what}: not so after ${patience} ms`);
    await pause(50);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
