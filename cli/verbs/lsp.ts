/** `sluice lsp`: the language server on standard input and output, for editors other than VS Code. */
import process from "node:process";

import { serveStdio } from "#language-server/stdio";

import type { CommandLine } from "../command-line.ts";
import { UserError } from "../user-error.ts";

/** Ends with the exit code that the protocol asks for. */
export async function lsp({ operand }: CommandLine, signal: AbortSignal): Promise<number> {
  if (operand !== undefined)
    throw new UserError(`sluice lsp takes no folder; the editor names it.`);
  return serveStdio(process.stdin, process.stdout, signal);
}
