// The list of checks that `npm test` runs. Each returns `{ ok, passed, failed, note }`; counts only where tests are counted.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { chromiumPath, installChromium } from "./chromium.mjs";
import { goTestSteps } from "./go-tests.mjs";
import { isInstalled } from "./install-vscode.mjs";
import { root, run } from "./steps.mjs";

/** Pairs of name and action, in the order they run: what answers fastest comes first. */
export function testSteps() {
  return [
    ["lock file", () => run("node", ["scripts/complete-lockfile.mjs", "--check"])],
    ["types", () => run("npm", ["run", "--silent", "typecheck"])],
    ["lint", () => run("npm", ["run", "--silent", "lint"], { show: "on-failure" })],
    ["format", () => run("npm", ["run", "--silent", "format:check"])],
    ["dead code", () => run("npm", ["run", "--silent", "deadcode"])],
    ["unit tests", () => vitest("unit", "process")],
    ...goTestSteps(),
    ...editorSteps(),
    ["test cluster", () => run("node", ["scripts/test-cluster/build.mjs"])],
    ["real API server and controllers", () => vitest("cluster")],
  ];
}

async function vitest(...projects) {
  const report = join(root, ".cache", `vitest-${projects.join("-")}.json`);
  rmSync(report, { force: true });
  mkdirSync(join(root, ".cache"), { recursive: true });
  const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
  const chosen = projects.flatMap((project) => ["--project", project]);
  const { ok } = await run("vitest", ["run", ...chosen, ...reporters]);
  if (!existsSync(report)) {
    return { ok: false };
  }
  const {
    numPassedTests: passed,
    numFailedTests,
    testResults,
  } = JSON.parse(readFileSync(report, "utf8"));
  // A file that could not be loaded has no failed test, but it is a failure.
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const failed = numFailedTests + broken.length;
  return { ok: ok && passed > 0, passed, failed, note: `${passed} passed, ${failed} failed` };
}

/** Tests inside real VS Code; a suite is there when its folder has test files. */
function editorSteps() {
  const suites = [
    ...(hasTests("test/host", ".test.ts")
      ? [
          ["VS Code 1.139", () => counted("node", ["test/run-host.mjs"], { VSCODE_HOST: "1.139" })],
          ["VS Code 1.100", () => counted("node", ["test/run-host.mjs"], { VSCODE_HOST: "1.100" })],
        ]
      : []),
    ...(hasTests("test/web", ".test.ts")
      ? [["VS Code for the Web", () => counted("node", ["test/run-web.mjs"])]]
      : []),
    ...(hasTests("test/ui", ".ui.test.ts")
      ? [
          ["package", () => run("node", ["scripts/package.mjs"])],
          ["packaged extension in the browser", () => counted("node", ["test/run-ui.mjs"])],
        ]
      : []),
  ];
  return suites.length === 0
    ? []
    : [["Chromium", chromium], ["VS Code hosts", vscodeHosts], ...suites];
}

function hasTests(folder, suffix) {
  const path = join(root, folder);
  return existsSync(path) && readdirSync(path).some((name) => name.endsWith(suffix));
}

async function chromium() {
  const there = chromiumPath();
  return there === undefined ? installChromium() : { ok: true, note: there };
}

async function vscodeHosts() {
  return ["1.139", "1.100", "web"].every(isInstalled)
    ? { ok: true, note: "up to date" }
    : run("node", ["scripts/install-vscode.mjs"]);
}

/** Runs a suite whose output has a line "N passed, N failed"; without one, nothing ran, which is a failure. */
async function counted(command, args, env = {}) {
  const { ok, output } = await run(command, args, { env });
  const lines = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)];
  const [, passed = 0, failed = 0] = (lines.at(-1) ?? []).map(Number);
  return { ok: ok && passed > 0 && failed === 0, passed, failed };
}
