// The steps that `npm run demo` and `npm test` have in common: packages, engine, schemas, bundles. Each is quick when done before.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { buildTestServers } from "./build-test-servers.mjs";
import { root, run, step } from "./steps.mjs";

const stampFile = join(root, "node_modules", ".sluice-installed");

/** Installs and builds what is missing or out of date. Returns whether everything is there. */
export async function prepare({ tests } = { tests: false }) {
  const installed = await step("packages", installPackages);
  if (!installed.ok) {
    return false;
  }
  const engine = await step("engine", () => run("node", ["scripts/build-engine.mjs"]));
  if (!engine.ok) {
    return false;
  }
  const schemas = await step("schemas", () => run("node", ["scripts/build-schemas.mjs"]));
  if (!schemas.ok) {
    return false;
  }
  if (tests) {
    const oracle = await step("schema oracle", () =>
      run("node", ["scripts/build-schema-oracle.mjs"], { show: "on-failure" }),
    );
    if (!oracle.ok) {
      return false;
    }
    if (!(await buildTestServers())) {
      return false;
    }
  }
  const distribution = await step("distribution", () =>
    run("node", ["scripts/build-distribution.mjs"]),
  );
  if (!distribution.ok) {
    return false;
  }
  const bundles = await step("bundles", () =>
    run("node", ["scripts/build.mjs", ...(tests ? ["--tests"] : [])]),
  );
  return bundles.ok;
}

async function installPackages() {
  const wanted = lockDigest();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) {
    return { ok: true, note: "up to date" };
  }
  const env = { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" };
  const outcome = await run("npm", ["ci", "--loglevel=error", "--no-audit", "--no-fund"], {
    env,
    show: "on-failure",
  });
  if (!outcome.ok) {
    return outcome;
  }
  const node = await run("node", ["--version"], { show: "on-failure" });
  if (!existsSync(join(root, "node_modules", ".bin", "node"))) {
    console.error(
      "npm did not run the install script of the package `node`. Allow install scripts (npm's `ignore-scripts` is on) and try again.",
    );
    return { ok: false };
  }
  mkdirSync(join(root, "node_modules"), { recursive: true });
  writeFileSync(stampFile, wanted);
  return { ok: true, note: `installed, Node.js ${node.output.trim()}` };
}

/** What the installed packages depend on: the lock file and the machine. */
function lockDigest() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .update(`${process.platform} ${process.arch}`)
    .digest("hex");
}
