/** Files that are shipped with the program: in the bundle they lie beside it; run from source, each part knows its own place. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** `undefined` when the program is run from source. */
export function bundledFile(name: string): string | undefined {
  const beside = typeof __dirname === "string" ? join(__dirname, name) : undefined;
  return beside !== undefined && existsSync(beside) ? beside : undefined;
}
