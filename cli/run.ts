/** One run of the command, from its words to its exit code. Everything that comes from the process is a parameter. */
import type { Log } from "#simulator";

import { parseCommandLine } from "./command-line.ts";
import type { CommandLine } from "./command-line.ts";
import { completionScript } from "./completion.ts";
import { overviewHelp, verbHelp } from "./help.ts";
import { printable, printableLines } from "./print/printable.ts";
import { chooseStyle } from "./print/style.ts";
import type { ColourWish } from "./print/style.ts";
import { readRequest } from "./request.ts";
import type { Request, SimulatingVerb } from "./request.ts";
import { progressLine, ReaderGone, writeAll } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";
import type { Verb } from "./verb-table.ts";
import type { RunVerb, Session } from "./verbs/verb.ts";
import { version } from "./version.ts";

export type OpenSession = (
  request: Request,
  env: Terminal["env"],
  log: Log | undefined,
  signal: AbortSignal,
) => Promise<Session>;

/** Loaded when needed, so that help and completion don't pay for the simulator. */
const runners: Readonly<Record<SimulatingVerb, () => Promise<RunVerb>>> = {
  build: async () => (await import("./verbs/build.ts")).build,
  diff: async () => (await import("./verbs/diff.ts")).diff,
  tree: async () => (await import("./verbs/tree.ts")).tree,
  check: async () => (await import("./verbs/check.ts")).check,
  lint: async () => (await import("./verbs/lint.ts")).lint,
  images: async () => (await import("./verbs/images.ts")).images,
  outlook: async () => (await import("./verbs/outlook.ts")).outlook,
  values: async () => (await import("./verbs/values.ts")).values,
  updates: async () => (await import("./verbs/updates.ts")).updates,
};

/** Exit code: 0 nothing found, 1 differences or problems, 2 could not run, 130 interrupted. Never rejects. */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  open: OpenSession,
  signal: AbortSignal,
): Promise<number> {
  try {
    return await answer(argv, terminal, open, signal);
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    if (signal.aborted) return 130;
    terminal.stderr.write(failureText(error, terminal.env));
    return 2;
  }
}

async function answer(
  argv: readonly string[],
  terminal: Terminal,
  open: OpenSession,
  signal: AbortSignal,
): Promise<number> {
  const print = (text: string): Promise<void> => writeAll(terminal.stdout, [text], signal);
  const isAsked = argv.includes("--version") || (argv.length === 1 && argv[0] === "version");
  if (isAsked && !argv.includes("--help")) {
    await print(`sluice ${version}\n`);
    return 0;
  }
  const line = parseCommandLine(argv);
  if (line.verb === undefined) {
    if (argv.length > 0) await print(overviewHelp());
    else throw new UserError("Which verb? sluice --help lists them.");
    return 0;
  }
  if (line.given.has("help") || argv[0] === "help") {
    await print(verbHelp(line.verb));
    return 0;
  }
  const { verb } = line;
  if (isSimulating(verb))
    return simulate(readRequest(verb, line), colourWish(line), terminal, open, signal);
  return runWithoutSession(verb, line, terminal, open, signal);
}

function isSimulating(verb: Verb): verb is SimulatingVerb {
  return verb in runners;
}

/** What simulates nothing, or brings what it simulates with it. */
async function runWithoutSession(
  verb: Exclude<Verb, SimulatingVerb>,
  line: CommandLine,
  terminal: Terminal,
  open: OpenSession,
  signal: AbortSignal,
): Promise<number> {
  const { stdout, stderr, env } = terminal;
  const print = (text: string): Promise<void> => writeAll(stdout, [text], signal);
  const report = (text: string): Promise<void> => writeAll(stderr, [text], signal);
  switch (verb) {
    case "lsp":
      return (await import("./verbs/lsp.ts")).lsp(line, signal);
    case "completion":
      await print(completionScript(line.operand));
      return 0;
    case "bootstrap":
      await print(await (await import("./verbs/bootstrap.ts")).bootstrap(line));
      return 0;
    case "publish": {
      const { publish } = await import("./verbs/publish.ts");
      const style = chooseStyle(colourWish(line), env, stdout.isTTY === true);
      const openOne = (request: Request): Promise<Session> =>
        open(request, env, debugLog(terminal), signal);
      const now = Date.now();
      return publish(line, { now, env, print, report, style, open: openOne, signal });
    }
    case "hook": {
      const { hook, standardInput } = await import("./verbs/hook.ts");
      const again = (argv: readonly string[]): Promise<number> => run(argv, terminal, open, signal);
      return hook(line, { env, input: standardInput, print, report, again });
    }
    case "merge": {
      const { merge } = await import("./verbs/merge.ts");
      const style = chooseStyle(colourWish(line), env, stdout.isTTY === true);
      return merge(line, { style, print: (texts) => writeAll(stdout, texts, signal) });
    }
    case "cache": {
      const { cache } = await import("./verbs/cache.ts");
      const { defaultCacheDir } = await import("#simulator/node");
      const cacheDir = line.given.get("cache-dir")?.[0] ?? defaultCacheDir(env);
      await print(await cache(line, { cacheDir, now: Date.now() }));
      return 0;
    }
  }
}

async function simulate(
  request: Request,
  wish: ColourWish,
  terminal: Terminal,
  open: OpenSession,
  signal: AbortSignal,
): Promise<number> {
  const { stdout, stderr, env } = terminal;
  const progress = progressLine(terminal, () => performance.now());
  const write = (stream: Terminal["stdout"]) => async (texts: Iterable<string>) => {
    progress.end();
    await writeAll(stream, texts, signal);
  };
  const session = await open(request, env, debugLog(terminal), signal);
  try {
    await write(stderr)(session.notes.map((note) => `note: ${printable(note)}\n`));
    const runVerb = await runners[request.verb]();
    const code = await runVerb({
      request,
      session,
      print: write(stdout),
      report: write(stderr),
      style: chooseStyle(wish, env, stdout.isTTY === true),
      reportStyle: chooseStyle(wish, env, stderr.isTTY === true),
      onProgress: progress.show,
      signal,
    });
    const last = (await session.finish?.(signal)) ?? [];
    await write(stderr)(last.map((note) => `note: ${printable(note)}\n`));
    return code;
  } finally {
    progress.end();
    await session.close();
  }
}

function colourWish({ given }: CommandLine): ColourWish {
  if (given.has("no-color")) return "never";
  return given.has("color") ? "always" : "auto";
}

function debugLog({ stderr, env }: Terminal): Log | undefined {
  if (!isDebug(env)) return undefined;
  const write = (message: string): void => void stderr.write(`debug: ${printable(message)}\n`);
  return { info: write, warn: write };
}

/** One line; the stack of a bug only for those who ask for it. */
export function failureText(error: unknown, env: Terminal["env"]): string {
  if (error instanceof UserError) return `sluice: ${printable(error.message)}\n`;
  const message = error instanceof Error ? error.message : String(error);
  if (isDebug(env) && error instanceof Error)
    return `sluice: ${printableLines(error.stack ?? message)}\n`;
  return `sluice: something went wrong that should not: ${printable(message)} (SLUICE_DEBUG=1 says more.)\n`;
}

function isDebug(env: Terminal["env"]): boolean {
  return (env["SLUICE_DEBUG"] ?? "") !== "";
}
