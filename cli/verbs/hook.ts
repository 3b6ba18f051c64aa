/** `sluice hook`: puts a gate before `git push`, takes it away, and is that gate (`run`), which git starts. */
import { realpath } from "node:fs/promises";
import process from "node:process";
import { text as textOf } from "node:stream/consumers";

import type { HookState } from "#simulator/node/push";
import { hookState, installHook, readPushedRefs, removeHook } from "#simulator/node/push";

import type { CommandLine } from "../command-line.ts";
import { readGate } from "../gate.ts";
import { printable } from "../print/printable.ts";
import { UserError } from "../user-error.ts";

export interface HookContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What git tells a hook on its standard input. */
  readonly input: () => Promise<string>;
  readonly print: (text: string) => Promise<void>;
  readonly report: (text: string) => Promise<void>;
  /** Another verb, as if it had been called. */
  readonly again: (argv: readonly string[]) => Promise<number>;
}

const hookWords = ["install", "remove", "status", "run"] as const;

/** The exit code; anything but 0 makes git give up the push. */
export async function hook(line: CommandLine, context: HookContext): Promise<number> {
  const word = hookWords.find((one) => one === (line.operand ?? "status"));
  const failOn = line.given.get("fail-on")?.[0] ?? "risk";
  readGate(failOn);
  switch (word) {
    case undefined:
      throw new UserError(
        `sluice hook can't "${line.operand ?? ""}". It can ${hookWords.join(", ")}.`,
      );
    case "install":
      await context.print(stateText(await inOurWords(install(failOn))));
      return 0;
    case "remove":
      await context.print(stateText(await inOurWords(removeHook("."))));
      return 0;
    case "status":
      await context.print(stateText(await inOurWords(hookState("."))));
      return 0;
    case "run":
      return inOurWords(runHook(failOn, context));
  }
}

async function install(failOn: string): Promise<HookState> {
  const script = process.argv[1];
  const own = script === undefined ? undefined : [process.execPath, await realpath(script)];
  return installHook(".", { failOn, ...(own !== undefined && { command: own }) });
}

function stateText({ file, installed, failOn, chained }: HookState): string {
  const gate = failOn === undefined ? "" : ` with --fail-on ${printable(failOn)}`;
  const what = installed ? `is installed${gate}` : "is not installed";
  const after = chained === undefined ? "" : `, after ${printable(chained)}`;
  return `The gate before git push ${what}: ${printable(file)}${after}\n`;
}

async function runHook(failOn: string, context: HookContext): Promise<number> {
  const remote = context.env["SLUICE_REMOTE"] ?? "origin";
  const refs = await readPushedRefs(await context.input(), ".", remote, context.env);
  let worst = 0;
  for (const ref of refs) {
    if (ref.kind === "skip") {
      await context.report(`sluice: ${printable(ref.ref)} is not simulated: ${ref.why}.\n`);
      continue;
    }
    const argv = ["diff", "--from", ref.from, "--to", ref.to, "--fail-on", failOn];
    const code = await context.again(argv);
    if (code !== 0) await context.report(stopText(ref.branch, code));
    worst = Math.max(worst, code);
  }
  return worst;
}

function stopText(branch: string, code: number): string {
  const why = code === 1 ? "has risks or errors (above)" : "could not be simulated";
  return `sluice: ${printable(branch)} ${why}, so it is not pushed. git push --no-verify pushes it all the same.\n`;
}

/** The library has a `UserError` of its own. */
async function inOurWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && error.name === "UserError")
      throw new UserError(error.message, { cause: error });
    throw error;
  }
}

/** Standard input to its end; nothing where a person sits at it. */
export async function standardInput(): Promise<string> {
  return process.stdin.isTTY ? "" : textOf(process.stdin);
}
