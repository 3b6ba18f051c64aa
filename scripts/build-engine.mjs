// Builds the render engine from Go: dist/engine.wasm (wasip1 reactor), dist/engine.image (memory of a warmed instance,
// for a fast start) and dist/engine-native (the same engine without WebAssembly, for tests).
// Does nothing when no input changed; `--force` builds in any case. `--test` runs the engine's Go tests instead, and
// `--differential` holds it against unmodified upstream code.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build as bundle } from "esbuild";

import { capMemory, exportGlobals, withBuildId } from "./wasm-sections.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const engine = join(root, "simulator", "engine");
const dist = join(root, "dist");
const work = join(root, ".cache", "engine");
const minimumGo = [1, 26];
/** Hard limit of the linear memory, in pages of 64 KiB: 1 GiB. A build that wants more dies alone. */
const maximumPages = 16384;
/** Go modules of their own, because upstream's real dependencies have no place in the engine's. */
const differentialModules = ["difftest", "native/difftest", "sops/difftest", "helm/difftest"];
const flags = ["-mod=vendor", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"];

await main();

async function main() {
  const version = checkGo();
  const stamp = stampOf(version);
  if (process.argv.includes("--test")) {
    step("vendor", vendor);
    const overlay = step("overlay", writeOverlay);
    step("vet", () => go(["vet", "-mod=vendor", "-overlay", overlay, "./..."]));
    step("test", () => go(["test", "-mod=vendor", "-overlay", overlay, "./..."]));
    return;
  }
  if (process.argv.includes("--differential")) {
    for (const module of differentialModules) {
      step(module, () => go(["test", "-count=1", "./..."], {}, join(engine, module)));
    }
    return;
  }
  const stampFile = join(dist, "engine.stamp");
  const outputs = ["engine.wasm", "engine.image", "engine-native"].map((name) => join(dist, name));
  const fresh =
    outputs.every(existsSync) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp;
  if (fresh && !process.argv.includes("--force")) {
    console.log("engine: up to date");
    return;
  }
  mkdirSync(dist, { recursive: true });
  step("vendor", vendor);
  const overlay = step("overlay", writeOverlay);
  step("wasm", () => buildWasm(overlay));
  await step("image", buildImage);
  step("native", () => buildNative(overlay));
  writeFileSync(stampFile, stamp);
}

function step(name, action) {
  const start = performance.now();
  const report = (result) => {
    console.log(`engine: ${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
    return result;
  };
  const result = action();
  return result instanceof Promise ? result.then(report) : report(result);
}

function go(args, env = {}, cwd = engine) {
  const done = spawnSync("go", args, {
    cwd,
    env: { ...process.env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0", ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (done.status !== 0) {
    console.error(`engine: "go ${args[0]}" failed.`);
    process.exit(1);
  }
}

function checkGo() {
  let text;
  try {
    text = execFileSync("go", ["env", "GOVERSION"], { cwd: engine, encoding: "utf8" }).trim();
  } catch {
    fail(
      `Go ${minimumGo.join(".")} or newer is needed to build the engine; no "go" command was found.`,
    );
  }
  const [major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number);
  if (major < minimumGo[0] || (major === minimumGo[0] && minor < minimumGo[1])) {
    fail(`Go ${minimumGo.join(".")} or newer is needed to build the engine; this is ${text}.`);
  }
  return text;
}

function fail(message) {
  console.error(`engine: ${message}`);
  process.exit(2);
}

/** A digest of everything that goes into the build. */
function stampOf(version) {
  const hash = createHash("sha256")
    .update(version)
    .update(readFileSync(fileURLToPath(import.meta.url)));
  for (const file of inputs(engine).sort()) {
    hash
      .update(relative(engine, file).split(sep).join("/"))
      .update("\0")
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
}

function inputs(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const apart = ["vendor", "difftest", "testdata", "generate"].includes(entry.name);
      return apart ? [] : inputs(path);
    }
    // Of the host only what shapes the image counts.
    if (entry.name.endsWith(".ts")) {
      return ["wasi.ts", "image.ts"].includes(entry.name) ? [path] : [];
    }
    return entry.name.endsWith("_test.go") ? [] : [path];
  });
}

function vendor() {
  go(["mod", "vendor"]);
}

/** Writes the file for `go build -overlay`; upstream files may only change together with their recorded digest. */
function writeOverlay() {
  rmSync(join(work, "overlay"), { recursive: true, force: true });
  const replace = {};
  for (const entry of JSON.parse(readFileSync(join(engine, "overlay", "overlay.json"), "utf8"))) {
    const target = join(engine, "vendor", entry.file);
    if (entry.sha256 !== undefined) {
      checkDigest(target, entry);
    }
    replace[target] = replacement(entry, target);
  }
  const path = join(work, "overlay.json");
  mkdirSync(work, { recursive: true });
  writeFileSync(path, JSON.stringify({ Replace: replace }, undefined, 1));
  return path;
}

function replacement(entry, target) {
  if (entry.drop === true) {
    return "";
  }
  if (entry.with !== undefined) {
    return join(engine, "overlay", entry.with);
  }
  let text = readFileSync(target, "utf8");
  for (const [from, to] of entry.edit) {
    if (!text.includes(from)) {
      fail(`${entry.file} no longer contains ${from}.`);
    }
    text = text.replaceAll(from, to);
  }
  const path = join(work, "overlay", entry.file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function checkDigest(target, entry) {
  const digest = createHash("sha256").update(readFileSync(target)).digest("hex");
  if (digest !== entry.sha256) {
    fail(
      `${entry.file} changed upstream (${digest}). Review overlay/overlay.json and record the new digest.`,
    );
  }
}

function buildWasm(overlay) {
  const raw = join(work, "engine.wasm");
  go(["build", ...flags, "-overlay", overlay, "-buildmode=c-shared", "-o", raw, "./cmd/wasm"], {
    GOOS: "wasip1",
    GOARCH: "wasm",
  });
  const path = join(dist, "engine.wasm");
  replaceFile(path, withBuildId(exportGlobals(capMemory(readFileSync(raw), maximumPages))));
}

/** Takes the memory of a warmed instance, with the host's own code. */
async function buildImage() {
  const outfile = join(work, "host.mjs");
  await bundle({
    entryPoints: [join(engine, "index.ts")],
    bundle: true,
    format: "esm",
    outfile,
    logLevel: "error",
  });
  const { warmImage } = await import(pathToFileURL(outfile).href);
  const module = await WebAssembly.compile(readFileSync(join(dist, "engine.wasm")));
  const image = warmImage(module);
  replaceFile(join(dist, "engine.image"), image);
}

function replaceFile(path, content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

function buildNative(overlay) {
  const path = join(dist, "engine-native");
  go(["build", ...flags, "-overlay", overlay, "-o", `${path}.new`, "./cmd/native"]);
  renameSync(`${path}.new`, path);
}
