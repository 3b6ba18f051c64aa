// Builds the programs of the test cluster (etcd, kube-apiserver, the Flux controllers, flux-operator, the flux CLI) from the pinned Go
// modules in test/cluster/parts: `npm run build:test-cluster [-- NAME… | --all]`. What is there already is left alone, so
// the first run takes about twenty minutes on two cores and later ones a second. Only binaries are kept, outside the clone.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import {
  cacheFolder,
  moduleFolder,
  outputFolder,
  part,
  parts,
} from "../../test/cluster/harness/parts.ts";

const minimumGo = [1, 26];

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(names) {
  checkGo();
  const wanted = choose(names).filter((one) => !existsSync(outputFolder(one)));
  if (wanted.length === 0) {
    console.log("test cluster: up to date");
    return;
  }
  const caches = goCaches();
  try {
    for (const one of wanted) {
      await build(one, caches.env);
    }
  } finally {
    caches.remove();
  }
}

function choose(names) {
  if (names.includes("--all")) {
    return parts;
  }
  const unknown = names.filter((name) => !parts.some((one) => one.name === name));
  if (unknown.length > 0) {
    const known = parts.map(({ name }) => name).join(", ");
    throw new Error(`test cluster: there is no ${unknown.join(", ")}. There are ${known}.`);
  }
  return names.length > 0
    ? names.map((name) => part(name))
    : parts.filter(({ optional }) => !optional);
}

/** Builds into a folder of its own and renames it, so that two builds at once or one that is killed harm nothing. */
async function build(one, env) {
  const target = outputFolder(one);
  const work = `${target}.${process.pid}`;
  const start = performance.now();
  const seconds = () => Math.round((performance.now() - start) / 1000);
  console.log(`test cluster: building ${one.name} (${one.cost} s of processor time from nothing)`);
  const beat = setInterval(
    () => console.log(`test cluster: still building ${one.name}, ${seconds()} s`),
    60_000,
  );
  mkdirSync(work, { recursive: true });
  try {
    for (const module of modulesWithFiles(one)) {
      await go(one, ["mod", "download", module], env, moduleFolder(one));
    }
    const source = join(work, "source");
    const modules = withCopy(one, source, env);
    const args = ["build", ...modules, ...flags(one), "-o", join(work, one.name), one.package];
    await go(one, args, env, moduleFolder(one));
    rmSync(source, { recursive: true, force: true });
    copyCrds(one, work, env);
    if (!existsSync(target)) {
      renameSync(work, target);
    }
    console.log(`test cluster: ${one.name} built in ${seconds()} s`);
    removeOld(one);
  } finally {
    clearInterval(beat);
    rmSync(work, { recursive: true, force: true });
  }
}

/** Binaries of earlier inputs, and what a killed build left, go after a month: until then another clone may use them. */
function removeOld(one) {
  const month = 30 * 24 * 3600 * 1000;
  for (const name of readdirSync(cacheFolder())) {
    const path = join(cacheFolder(), name);
    const isOfPart = name.startsWith(`${one.name}-`) && path !== outputFolder(one);
    if (isOfPart && Date.now() - statSync(path).mtimeMs > month) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

function flags(one) {
  const settings = Object.entries(one.settings ?? {}).map(
    ([name, value]) => ` -X ${name}=${value}`,
  );
  return [
    "-p=2",
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    `-ldflags=-s -w${settings.join("")}`,
  ];
}

/**
 * Flags for a part that is built from a copy of upstream's module, with a file that its release process adds. (A file of
 * the module cache can't be replaced by an overlay.) The pins stay those of our module.
 */
function withCopy(one, source, env) {
  if (one.emptyEmbed === undefined) {
    return [];
  }
  const { module, file } = one.emptyEmbed;
  const copy = join(source, "module");
  cpSync(moduleDirectory(one, module, env), copy, { recursive: true });
  makeWritable(copy);
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), "# none\n");
  const pins = readFileSync(join(moduleFolder(one), "go.mod"), "utf8");
  writeFileSync(join(source, "go.mod"), `${pins}\nreplace ${module} => ${JSON.stringify(copy)}\n`);
  copyFileSync(join(moduleFolder(one), "go.sum"), join(source, "go.sum"));
  return [`-modfile=${join(source, "go.mod")}`];
}

/** What lies in the module cache is read-only, folders included. */
function makeWritable(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      makeWritable(join(folder, entry.name));
    }
  }
}

function modulesWithFiles(one) {
  return [...new Set([one.crds, one.emptyEmbed?.module].filter((module) => module !== undefined))];
}

function copyCrds(one, work, env) {
  if (one.crds === undefined) {
    return;
  }
  const bases = join(moduleDirectory(one, one.crds, env), "config", "crd", "bases");
  mkdirSync(join(work, "crds"));
  for (const file of readdirSync(bases).filter((name) => name.endsWith(".yaml"))) {
    copyFileSync(join(bases, file), join(work, "crds", file));
  }
}

function moduleDirectory(one, module, env) {
  const found = spawnSync("go", ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module], {
    cwd: moduleFolder(one),
    env,
    encoding: "utf8",
  });
  if (found.status !== 0 || found.stdout.trim() === "") {
    throw new Error(`test cluster: ${module} is not in the module cache.\n${found.stderr}`);
  }
  return found.stdout.trim();
}

function go(one, args, env, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, {
      cwd,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`test cluster: "go ${args[0]}" failed for ${one.name}.`)),
    );
  });
}

/**
 * The ordinary Go caches where the user has them; otherwise a folder of our own that is removed afterwards, because
 * what they fill with (10 GB) is needed once.
 */
function goCaches() {
  const env = { ...process.env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0", GOGC: "400" };
  const [modules] = spawnSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).stdout.split("\n");
  if (existsSync(modules)) {
    return { env, remove: () => {} };
  }
  const folder = join(cacheFolder(), `go-${process.pid}`);
  return {
    env: {
      ...env,
      GOCACHE: join(folder, "build"),
      GOMODCACHE: join(folder, "modules"),
      GOFLAGS: "-modcacherw",
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function checkGo() {
  const { stdout } = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  const [major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(stdout ?? "") ?? []).slice(1).map(Number);
  if (major < minimumGo[0] || (major === minimumGo[0] && minor < minimumGo[1])) {
    console.error(
      `test cluster: Go ${minimumGo.join(".")} or newer is needed; ${stdout ? `this is ${stdout.trim()}` : 'no "go" command was found'}.`,
    );
    process.exit(2);
  }
}
