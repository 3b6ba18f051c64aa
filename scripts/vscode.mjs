// Starts an installed VS Code server (see install-vscode.mjs) and opens its workbench in headless Chromium.
import { spawn } from "node:child_process";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { format } from "node:util";

import { chromium } from "playwright-core";

import { chromiumPath } from "./chromium.mjs";

export const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const quietSettings = {
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "workbench.startupEditor": "none",
  "workbench.enableExperiments": false,
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  // The browser workbench would save after a delay, which the desktop does not; a stray key would reach the files.
  "files.autoSave": "off",
  "git.openRepositoryInParentFolders": "never",
};

/** Lines of the workbench that tell nothing about the tests. */
const noise = new RegExp(
  [
    "^(Resolv(ing|ed) connection token",
    "Creating a socket",
    "\\[reconnection-grace-time\\]",
    "Updating additional builtin",
    "\\[AgentHost",
    "\\[AccountPolicyGate\\]",
    "\\[Service Worker\\]",
    "%s%s\\s*$)",
  ].join("|") + "|Ignoring fetching additional builtin",
);

/**
 * `automation: true` accepts extensionDevelopmentPath and extensionTestsPath in the page's address, but hides
 * notifications; tests of the user interface leave it off. `stop()` ends the server and everything it started.
 */
export async function startServer({ nodePath, vscodeRoot, automation = true, ...options }) {
  const dataDir = mkdtempSync(join(tmpdir(), "vscode-host-"));
  const userDataDir = options.userDataDir ?? join(dataDir, "user-data");
  writeSettings(userDataDir, options.settings ?? {});
  const scratch = join(dataDir, "tmp"); // the server leaves sockets in its temporary folder
  mkdirSync(scratch);
  const child = spawn(
    nodePath,
    [
      join(vscodeRoot, "out", "server-main.js"),
      ...[
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--without-connection-token",
        "--accept-server-license-terms",
      ],
      ...["--disable-telemetry", "--telemetry-level", "off", "--server-data-dir", dataDir],
      ...[
        "--user-data-dir",
        userDataDir,
        "--extensions-dir",
        options.extensionsDir ?? join(dataDir, "extensions"),
      ],
      ...(options.workspaceTrust ? [] : ["--disable-workspace-trust"]),
      ...(automation ? ["--enable-smoke-test-driver"] : []),
      ...(options.args ?? []),
    ],
    {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a process group of its own: extension hosts outlive the server
      // An empty gallery means no marketplace and no requests to it.
      env: {
        ...process.env,
        TMPDIR: scratch,
        XDG_RUNTIME_DIR: scratch,
        EXTENSIONS_GALLERY: "{}",
        ...options.env,
      },
    },
  );
  const kill = (signal) => killGroup(child.pid, signal);
  const onExit = () => kill("SIGKILL");
  process.once("exit", onExit);
  const crashes = [];
  const port = await listening(child, crashes, options.logFile);
  const stop = async () => {
    process.removeListener("exit", onExit);
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((settle) => child.once("exit", settle));
      kill("SIGTERM");
      await Promise.race([gone, new Promise((settle) => setTimeout(settle, 5000).unref())]);
    }
    kill("SIGKILL");
    await new Promise((settle) => setTimeout(settle, 100));
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  return { port, userDataDir, crashes, stop };
}

function writeSettings(userDataDir, settings) {
  const file = join(userDataDir, "User", "settings.json");
  mkdirSync(dirname(file), { recursive: true });
  const own = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  writeFileSync(file, JSON.stringify({ ...quietSettings, ...own, ...settings }, null, 2));
}

/** Resolves with the port. Collects crashes: an extension host that dies in a test run is reported as exit code 0. */
function listening(child, crashes, logFile) {
  const log = logFile === undefined ? undefined : createWriteStream(logFile);
  return new Promise((settle, reject) => {
    let seen = "";
    const timer = setTimeout(
      () => reject(new Error(`VS Code server did not start:\n${seen}`)),
      60_000,
    );
    const onData = (chunk) => {
      log?.write(chunk);
      seen = seen.length < 100_000 ? seen + chunk : seen;
      for (const [, code, signal] of String(chunk).matchAll(
        /Extension Host Process exited with code: (\w+), signal: (\w+)/g,
      )) {
        if (code !== "0" || signal !== "null") {
          crashes.push(`extension host exited with code ${code}, signal ${signal}`);
        }
      }
      const found = /Extension host agent listening on (\d+)/.exec(seen);
      if (found !== null) {
        clearTimeout(timer);
        settle(Number(found[1]));
      }
    };
    child.stdout.on("data", onData);
    child.stderr.on("data", onData);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      log?.end();
      reject(new Error(`VS Code server exited with ${code}:\n${seen}`));
    });
  });
}

function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** The address of the workbench. `tests` is the module whose `run()` the extension host awaits. */
export function workbenchUrl(port, { workspace, extensions = [], tests, payload = [] }) {
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${encodeURI(resolve(path))}`;
  const query = new URLSearchParams();
  if (workspace === undefined) {
    query.set("ew", "true");
  } else {
    query.set(workspace.endsWith(".code-workspace") ? "workspace" : "folder", resolve(workspace));
  }
  const entries = [
    ...extensions.map((path) => ["extensionDevelopmentPath", remote(path)]),
    ...(tests === undefined ? [] : [["extensionTestsPath", remote(tests)]]),
    ["skipWelcome", "true"],
    ["skipReleaseNotes", "true"],
    ...payload,
  ];
  query.set("payload", JSON.stringify(entries));
  return `http://127.0.0.1:${port}/?${query}`;
}

export async function openBrowser({ viewport = { width: 1280, height: 800 } } = {}) {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    throw new Error(
      "Chromium was not found: install it, or name one with CHROMIUM=/path/to/chromium.",
    );
  }
  const browser = await chromium.launch({ executablePath, headless: true, args: chromiumFlags });
  const page = await (await browser.newContext({ viewport })).newPage();
  return { browser, page };
}

/** Loads an address with tests in it; resolves with the exit code that the extension host reports. */
export async function runExtensionTests(page, url, { timeout = 300_000, onLog = printLog } = {}) {
  let finish;
  const done = new Promise((settle) => (finish = settle));
  // The workbench calls these two functions when its window has them.
  await page.exposeFunction("codeAutomationLog", (type, args) => onLog(type, args));
  await page.exposeFunction("codeAutomationExit", (code) => finish({ code }));
  page.on("crash", () => finish({ code: 70, reason: "the browser page crashed" }));
  const late = { code: 124, reason: `no result after ${timeout / 1000} s` };
  const timer = setTimeout(() => finish(late), timeout);
  // A busy machine takes its time: the limit is that of the whole run.
  await page.goto(url, { timeout });
  const result = await done;
  clearTimeout(timer);
  return result;
}

function printLog(type, args = []) {
  const line = format(...args).replace(/\n$/, "");
  if (process.env.VSCODE_VERBOSE !== undefined || !noise.test(line)) {
    (type === "error" || type === "warn" ? process.stderr : process.stdout).write(`${line}\n`);
  }
}
