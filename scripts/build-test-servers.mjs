// Builds the servers that tests talk to, each from its Go module in scripts/test-servers/<name>, into
// .cache/test-servers/<name>. A copy per content of go.mod and go.sum stays in the user's cache folder, so that another
// checkout builds nothing. With names as arguments only these are built.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { root, run, step } from "./steps.mjs";

const modules = join(root, "scripts", "test-servers");
const target = join(root, ".cache", "test-servers");
const shared = join(
  process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
  "sluice",
  "test-servers",
);

/** Returns whether all of them are there. */
export async function buildTestServers(names = readdirSync(modules)) {
  for (const name of names) {
    const { ok } = await step(`test server ${name}`, () => buildServer(name));
    if (!ok) {
      return false;
    }
  }
  return true;
}

async function buildServer(name) {
  const version = await run("go", ["env", "GOVERSION"], { show: "never" });
  if (!version.ok) {
    console.error("Go is needed to build the servers that tests talk to: https://go.dev/dl/");
    return { ok: false };
  }
  const stamp = stampOf(name, version.output.trim());
  const stampFile = join(target, `${name}.stamp`);
  const program = join(target, name);
  if (existsSync(program) && read(stampFile) === stamp) {
    return { ok: true, note: "up to date" };
  }
  const kept = join(shared, `${name}-${stamp.slice(0, 20)}`);
  const isKept = existsSync(kept);
  if (!isKept && !(await compile(name, kept))) {
    return { ok: false };
  }
  install(kept, program);
  writeFileSync(stampFile, stamp);
  return { ok: true, note: isKept ? "from the user's cache" : "built" };
}

/** Into a name of its own first: two checkouts may build at once. */
async function compile(name, output) {
  const folder = join(modules, name);
  const tool = /^tool (\S+)$/m.exec(read(join(folder, "go.mod")))?.[1];
  if (tool === undefined) {
    console.error(`${folder}/go.mod names no tool to build.`);
    return false;
  }
  mkdirSync(dirname(output), { recursive: true });
  const partial = `${output}.${process.pid}`;
  const { ok } = await run(
    "go",
    [
      "build",
      "-mod=readonly",
      "-trimpath",
      "-buildvcs=false",
      "-ldflags=-s -w",
      "-o",
      partial,
      tool,
    ],
    { cwd: folder, env: { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" }, show: "on-failure" },
  );
  if (ok) {
    renameSync(partial, output);
  }
  return ok;
}

/** A hard link where both are on one disk. */
function install(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const partial = `${to}.${process.pid}`;
  rmSync(partial, { force: true });
  try {
    linkSync(from, partial);
  } catch {
    copyFileSync(from, partial);
  }
  renameSync(partial, to);
}

/** Of everything a program is made of. */
function stampOf(name, version) {
  const hash = createHash("sha256").update(`${version} ${process.platform} ${process.arch}`);
  for (const file of ["go.mod", "go.sum"]) {
    hash.update(readFileSync(join(modules, name, file)));
  }
  return hash.digest("hex");
}

function read(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  process.exitCode = (await buildTestServers(names.length === 0 ? undefined : names)) ? 0 : 1;
}
