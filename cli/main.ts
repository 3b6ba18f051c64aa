/** Entry point of `sluice`: connects one run to the process, its streams and its signals. */
import { failureText, run } from "./run.ts";

void main();

async function main(): Promise<void> {
  const { stdout, stderr, env } = process;
  const interrupted = new AbortController();
  let interruptCode = 130;
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.on(signal, () => {
      // Asked twice: leave at once, whatever is still being tidied up.
      if (interrupted.signal.aborted) process.exit(code);
      interruptCode = code;
      interrupted.abort();
    });
  }
  // A bug outside any awaited work: one line instead of Node's stack.
  process.on("uncaughtException", (error) => {
    stderr.write(failureText(error, env), () => process.exit(2));
  });
  // Without a listener, a reader that goes away (`| head`) would count as such a bug.
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  const code = await run(
    process.argv.slice(2),
    { stdout, stderr, env },
    // Help and completion don't pay for loading the simulator.
    async (...request) => (await import("./session.ts")).openSession(...request),
    interrupted.signal,
  );
  // Idle workers of the engine would keep the process alive; by now everything has been written.
  stdout.write("", () => process.exit(code === 130 ? interruptCode : code));
}
