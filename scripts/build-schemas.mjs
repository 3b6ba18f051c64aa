// Builds the schema packs of the language server: dist/schemas/<pack>.json.gz, out of Go modules that are pinned below
// scripts/schemas/. Does nothing when no input changed; `--force` builds in any case, `--check` builds into another folder
// and compares.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { parse, parseAllDocuments } from "yaml";

import { packCrds } from "./schemas/crd-pack.mjs";
import { packKubernetes } from "./schemas/kubernetes-pack.mjs";
import { packKustomize } from "./schemas/kustomize-pack.mjs";
import { addOperatorKinds } from "./schemas/operator-kinds.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const inputs = join(root, "scripts", "schemas");
const work = join(root, ".cache", "schemas");
const dist = join(root, "dist", "schemas");
const minors = ["2.6", "2.7", "2.8", "2.9"];
const budget = 2_000_000;

main();

function main() {
  const stampFile = join(dist, "stamp");
  const stamp = stampOf();
  const check = process.argv.includes("--check");
  const isFresh = existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp;
  if (isFresh && !check && !process.argv.includes("--force")) {
    console.log("schemas: up to date");
    return;
  }
  const collected = step("collect", collect);
  const packs = step("pack", () => makePacks(collected));
  if (check) {
    compare(packs);
    return;
  }
  write(packs);
  writeFileSync(stampFile, stamp);
}

function step(name, action) {
  const start = performance.now();
  const result = action();
  console.log(`schemas: ${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** A digest of everything that goes into the packs; the version of Go does not. */
function stampOf() {
  const hash = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  for (const file of filesBelow(inputs).sort()) {
    hash.update(relative(inputs, file).split(sep).join("/")).update("\0");
    hash.update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name === "oracle" ? [] : filesBelow(path);
    }
    return [path];
  });
}

function go(args, folder) {
  const done = spawnSync("go", args, {
    cwd: folder,
    env: { ...process.env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" },
    encoding: "utf8",
    maxBuffer: 100_000_000,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (done.status !== 0) {
    fail(
      `"go ${args.slice(0, 2).join(" ")}" failed in ${relative(root, folder)}. ${done.stdout ?? ""}`,
    );
  }
  return done.stdout;
}

function fail(message) {
  console.error(`schemas: ${message}`);
  process.exit(1);
}

/** What the program in Go knows, and the folders of the modules whose files are read as they are. */
function collect() {
  mkdirSync(work, { recursive: true });
  const program = join(work, "collect");
  go(["build", "-o", program, "./collect"], inputs);
  const pairs = minors.flatMap((minor) => [minor, join(inputs, `flux-${minor}`)]);
  const text = execFileSync(program, pairs, {
    cwd: inputs,
    env: { ...process.env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" },
    encoding: "utf8",
    maxBuffer: 100_000_000,
  });
  const archives = JSON.parse(readFileSync(join(inputs, "archives.json"), "utf8"));
  return { ...JSON.parse(text), archives: Object.fromEntries(archives.map(download)) };
}

/** Modules that are no dependency of ours, only carriers of files. */
function download({ module, version, sum }) {
  const { Dir, Sum } = JSON.parse(go(["mod", "download", "-json", `${module}@${version}`], work));
  if (Sum !== sum) {
    fail(`${module}@${version} is not what archives.json pins (${Sum}).`);
  }
  return [module, { folder: Dir, version }];
}

function makePacks({ flux, kustomize, lifecycle, archives }) {
  const kubernetes = archives["k8s.io/kubernetes"];
  const gateway = archives["sigs.k8s.io/gateway-api"];
  const flagger = archives["github.com/fluxcd/flagger"];
  return {
    flux: packCrds("flux", mapValues(flux, addOperatorKinds)),
    kubernetes: packKubernetes(kubernetes.folder, kubernetes.version, lifecycle),
    "gateway-api": packCrds("gateway-api", {
      [plain(gateway.version)]: readCrds(join(gateway.folder, "config", "crd", "experimental")),
    }),
    flagger: packCrds("flagger", {
      [plain(flagger.version)]: readCrds(join(flagger.folder, "artifacts", "flagger")),
    }),
    "flux-operator": packOutlines("flux-operator", join(inputs, "flux-operator.yaml")),
    kustomize: packKustomize(kustomize, kustomizeVersion()),
  };
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function plain(version) {
  return version.replace(/^v/, "");
}

function kustomizeVersion() {
  return /sigs\.k8s\.io\/kustomize\/api v(\S+)/.exec(
    readFileSync(join(inputs, "go.mod"), "utf8"),
  )?.[1];
}

function readCrds(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), "utf8")))
    .map((document) => document.toJS())
    .filter((object) => object?.kind === "CustomResourceDefinition");
}

function packOutlines(name, file) {
  const { version, crds } = parse(readFileSync(file, "utf8"));
  return { ...packCrds(name, { [version]: crds }), outline: true };
}

function write(packs) {
  rmSync(`${dist}.new`, { recursive: true, force: true });
  mkdirSync(`${dist}.new`, { recursive: true });
  let total = 0;
  for (const [name, pack] of Object.entries(packs)) {
    const packed = bytes(pack);
    total += packed.length;
    writeFileSync(join(`${dist}.new`, `${name}.json.gz`), packed);
    console.log(
      `schemas: ${name}: ${pack.kinds.length} kinds, ${pack.nodes.length} nodes, ${(packed.length / 1000).toFixed(0)} kB`,
    );
  }
  rmSync(dist, { recursive: true, force: true });
  renameSync(`${dist}.new`, dist);
  if (total > budget) {
    fail(`the packs have ${total} bytes, more than ${budget}.`);
  }
}

function bytes(pack) {
  return gzipSync(JSON.stringify({ note: "Generated by scripts/build-schemas.mjs", ...pack }), {
    level: 9,
  });
}

function compare(packs) {
  const different = Object.entries(packs)
    .filter(([name, pack]) => {
      const file = join(dist, `${name}.json.gz`);
      return !existsSync(file) || !readFileSync(file).equals(bytes(pack));
    })
    .map(([name]) => name);
  if (different.length > 0) {
    fail(`a rebuild gives other bytes for ${different.join(", ")}.`);
  }
  console.log("schemas: a rebuild gives the same bytes");
}
