/**
 * What of the messages between VS Code and the language server may be logged: all but what clusters are asked and answer, because Secrets
 * are among it. The texts are those of `vscode-jsonrpc` (connection.ts, "trace…").
 */
import type { ServerRequests } from "#protocol";

const untold = ["sluice/askCluster", "sluice/openRemote"] satisfies (keyof ServerRequests)[];

/** `entry`: a line that names the method, and what was sent below; or one JSON text. */
export function discreetTrace(entry: string): string {
  // A response as JSON does not say what it answers.
  if (entry.startsWith("{")) return "Messages are logged as text only.";
  const [head = ""] = entry.split("\n", 1);
  const isUntold = untold.some((method) => head.includes(`'${method} - (`));
  return isUntold && head !== entry ? `${head}\nWhat clusters answer is not logged.` : entry;
}
