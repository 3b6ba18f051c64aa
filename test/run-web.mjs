// Runs the suite of test/web in VS Code for the Web: web worker extension host, no Node.js, headless Chromium.
// VSCODE_TARGET=desktop lets @vscode/test-web download its build and browser.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { chromiumPath } from "../scripts/chromium.mjs";
import { webCommit, webDataDir } from "../scripts/install-vscode.mjs";
import { copyAsRepository } from "../scripts/repository-copy.mjs";
import { chromiumFlags } from "../scripts/vscode.mjs";

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const scratch = mkdtempSync(join(tmpdir(), "sluice-web-"));
const desktop = process.env.VSCODE_TARGET === "desktop";
if (!desktop) {
  useInstalledChromium();
}
let counts;
try {
  const workspace = join(scratch, "workspace");
  await copyAsRepository(join(root, process.env.WORKSPACE ?? "test/host/workspace"), workspace);
  readCounts();
  await require("@vscode/test-web").runTests({
    browserType: "chromium",
    headless: true,
    host: "localhost",
    port: await freePort(),
    quality: "stable",
    ...(desktop ? {} : { commit: webCommit, testRunnerDataDir: webDataDir }),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, "dist-test", "web", "index.cjs"),
    folderPath: workspace,
  });
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
if (counts === undefined) {
  process.exitCode = 1;
}
console.log(`${counts?.passes ?? 0} passed, ${counts?.failures ?? 1} failed`);
rmSync(scratch, { recursive: true, force: true });
process.exit();

/**
 * @vscode/test-web has no option for the browser's path. And some Chromium builds deny service workers to third-party
 * frames, which webviews are here: that takes a profile that allows third-party cookies, so a persistent context.
 */
function useInstalledChromium() {
  const { chromium } = createRequire(require.resolve("@vscode/test-web"))("playwright");
  chromium.launch = async ({ args = [], headless } = {}) => {
    const profile = join(scratch, "profile");
    mkdirSync(join(profile, "Default"), { recursive: true });
    const preferences = { profile: { cookie_controls_mode: 0 } };
    writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath(),
      headless,
      viewport: null,
      args: [...args, ...chromiumFlags],
    });
    context.setDefaultNavigationTimeout(300_000); // patience for a busy machine
    return { newContext: async () => context, close: () => context.close() };
  };
}

/** The suite prints its counts as one line of JSON: the browser's console is the only way out. */
function readCounts() {
  for (const method of ["log", "info"]) {
    const print = console[method].bind(console);
    console[method] = (...words) => {
      const found = /SLUICE_RESULTS (\{.*\})/.exec(words.map(String).join(" "));
      if (found === null) {
        print(...words);
      } else {
        counts = JSON.parse(found[1]);
      }
    };
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "localhost", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
