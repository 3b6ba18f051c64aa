// Runs the suite of test/host in the Node.js extension host, through @vscode/test-electron:
//   by default in an installed VS Code server (VSCODE_HOST=1.139 or 1.100) in headless Chromium,
//   with VSCODE_TARGET=desktop in a desktop VS Code, which that package downloads.
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { runTests } from "@vscode/test-electron";

import { copyAsRepository } from "../scripts/repository-copy.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const scratch = mkdtempSync(join(tmpdir(), "sluice-host-"));
const workspace = join(scratch, "workspace");
const results = join(scratch, "results.json");
let code = 0;
try {
  // An extension that users have beside Sluice; see the test of the same name.
  const neighbour = join(root, "test", "host", "red-hat-yaml");
  cpSync(neighbour, join(scratch, "extensions", "redhat.vscode-yaml-0.0.1"), { recursive: true });
  await copyAsRepository(join(root, process.env.WORKSPACE ?? "test/host/workspace"), workspace); // a copy: tests may write into it
  const desktop = process.env.VSCODE_TARGET === "desktop";
  await runTests({
    ...(desktop ? {} : { vscodeExecutablePath: join(root, "scripts", "code.mjs") }),
    ...(process.env.VSCODE_VERSION === undefined ? {} : { version: process.env.VSCODE_VERSION }),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, "dist-test", "host", "host-suite.cjs"),
    launchArgs: [
      workspace,
      `--user-data-dir=${join(scratch, "user-data")}`,
      `--extensions-dir=${join(scratch, "extensions")}`,
    ],
    extensionTestsEnv: { TEST_RESULTS: results, SLUICE_WORKSPACE: workspace },
  });
} catch (error) {
  console.error(String(error));
  code = 1;
}
process.exitCode = report() ? code : 1;
rmSync(scratch, { recursive: true, force: true });

/** A crash can look like a pass; only a results file with tests in it is believed. */
function report() {
  try {
    const { passes, failures, tests } = JSON.parse(readFileSync(results, "utf8"));
    console.log(`${passes} passed, ${failures} failed`);
    return tests > 0;
  } catch {
    console.log("0 passed, 1 failed");
    return false;
  }
}
