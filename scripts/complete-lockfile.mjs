// Adds the entries that npm leaves out of package-lock.json when a registry does not carry a package made for another
// platform. `npm ci` refuses a lock file with such holes, even though those packages are never installed here.
// Run it after `npm install`; it changes nothing when the lock file is complete. `--check` only reports.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const lockFile = join(root, "package-lock.json");
const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const processors = ["arm64", "arm", "ia32", "ppc64", "riscv64", "s390x", "x64"];

const lock = JSON.parse(readFileSync(lockFile, "utf8"));
const missing = missingEntries(lock.packages);
for (const [path, entry] of missing) {
  lock.packages[path] = entry;
}
if (process.argv.includes("--check")) {
  missing.forEach(([path]) =>
    console.error(`package-lock.json: ${path} is missing; run "npm run lockfile"`),
  );
  process.exitCode = missing.length > 0 ? 1 : 0;
} else if (missing.length > 0) {
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  writeFileSync(lockFile, `${JSON.stringify(lock, undefined, 2)}\n`);
  console.log(`package-lock.json: ${missing.length} packages of other platforms added`);
}

/** Optional dependencies without an entry of their own, as [path, entry] in the form npm writes. */
function missingEntries(packages) {
  const found = new Map();
  for (const owner of Object.values(packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const platform = platformOf(name);
      if (packages[path] === undefined && platform !== undefined) {
        found.set(path, {
          version,
          ...platform,
          ...(owner.dev ? { dev: true } : {}),
          optional: true,
        });
      }
    }
  }
  return [...found];
}

/** What a package is made for, told by its name: "binding-linux-arm64-musl". */
function platformOf(name) {
  const words = name.split("/").at(-1).split("-");
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined) {
    return undefined;
  }
  const libc = words.at(-1).startsWith("musl") ? "musl" : "glibc";
  return { cpu: [cpu], os: [os], ...(os === "linux" ? { libc: [libc] } : {}) };
}
