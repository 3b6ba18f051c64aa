/** Runs inside VS Code, started by activation.ts: activates the extension and writes down how long that took. */
import { writeFileSync } from "node:fs";
import process from "node:process";

import * as vscode from "vscode";

export interface Activation {
  /** Milliseconds inside `activate`, as the extension measures itself. */
  readonly activate: number;
  /** Milliseconds until `activate()` of the extension is answered: reading and compiling the bundle included. */
  readonly total: number;
  /** Milliseconds of processor time in between, of all threads of the extension host. */
  readonly processor: number;
}

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<{ readonly activationTime: number }>(
    "sluice.sluice",
  );
  if (extension === undefined) throw new Error("the extension is not there");
  if (extension.isActive) throw new Error("the extension was active before it was measured");
  const [started, used] = [performance.now(), process.cpuUsage()];
  const { activationTime } = await extension.activate();
  const total = performance.now() - started;
  const { user, system } = process.cpuUsage(used);
  const result: Activation = {
    activate: activationTime,
    total,
    processor: (user + system) / 1000,
  };
  writeFileSync(process.env["SLUICE_ACTIVATION"] ?? "", JSON.stringify(result));
}
