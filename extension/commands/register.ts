/** Registers the table. Each handler is wrapped once: cancellation is silence, a `UserError` is shown, the rest is logged. */
import type { Disposable } from "vscode";
import { CancellationError, Uri, commands } from "vscode";

import { showError, UserError } from "../platform/notify.ts";
import type { CommandId } from "./index.ts";
import { commandTable } from "./index.ts";
import type { Services } from "./services.ts";

export function registerCommands(services: Services): readonly Disposable[] {
  return (Object.keys(commandTable) as CommandId[]).map((id) => {
    const run = commandTable[id](services);
    return commands.registerCommand(id, (node?: unknown, selection?: unknown) =>
      runSafely(() => run(textOf(node), textsOf(selection)), id, services),
    );
  });
}

/** Trees hand over the node and, with several selected, all of them; titles of source control the repository. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const { rootUri } = (value ?? {}) as { readonly rootUri?: unknown };
  return rootUri instanceof Uri ? rootUri.toString() : undefined;
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}

async function runSafely(
  run: () => Promise<void>,
  id: CommandId,
  { log }: Services,
): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof CancellationError) return;
    if (error instanceof UserError)
      return showError(error.message, ...(error.action ? [error.action] : []));
    log.error(`${id} failed`, error instanceof Error ? error : String(error));
    await showError("The command failed because of a bug in Sluice.", {
      title: "Show Log",
      run: () => log.show(),
    });
  }
}
