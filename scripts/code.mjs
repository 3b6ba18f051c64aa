#!/usr/bin/env node
// Stands in for the desktop's `code` program: takes the command line that @vscode/test-electron gives it, and runs it
// on the VS Code server in headless Chromium. Only runs with --extensionTestsPath are supported.
import process from "node:process";
import { parseArgs } from "node:util";

import { serverHost } from "./install-vscode.mjs";
import { openBrowser, runExtensionTests, startServer, workbenchUrl } from "./vscode.mjs";

const text = { type: "string" };
const { values, positionals } = parseArgs({
  options: {
    extensionDevelopmentPath: { type: "string", multiple: true },
    extensionTestsPath: text,
    "user-data-dir": text,
    "extensions-dir": text,
  },
  allowPositionals: true,
  strict: false, // the rest is meant for Electron
});
if (values.extensionTestsPath === undefined) {
  console.error("Only runs with --extensionTestsPath are supported.");
  process.exit(2);
}
process.exitCode = await runTests();

async function runTests() {
  const server = await startServer({
    ...serverHost(),
    userDataDir: values["user-data-dir"],
    extensionsDir: values["extensions-dir"],
    logFile: process.env.VSCODE_SERVER_LOG,
    // Folders are trusted unless a test wants Restricted Mode.
    workspaceTrust: process.env.VSCODE_WORKSPACE_TRUST === "1",
  });
  const { browser, page } = await openBrowser();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => void browser.close().finally(() => process.exit(130)));
  }
  try {
    const url = workbenchUrl(server.port, {
      workspace: positionals.find((one) => !one.startsWith("-")),
      extensions: values.extensionDevelopmentPath,
      tests: values.extensionTestsPath,
    });
    const timeout = Number(process.env.VSCODE_TEST_TIMEOUT ?? 1_800_000);
    const result = await runExtensionTests(page, url, { timeout });
    if (result.code !== 0 && process.env.VSCODE_SCREENSHOT !== undefined) {
      await page.screenshot({ path: process.env.VSCODE_SCREENSHOT });
    }
    const reasons = [...(result.reason === undefined ? [] : [result.reason]), ...server.crashes];
    reasons.forEach((reason) => console.error(reason));
    return result.code === 0 && server.crashes.length > 0 ? 1 : result.code;
  } finally {
    await browser.close();
    await server.stop();
  }
}
