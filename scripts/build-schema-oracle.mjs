// Builds the program that answers, for tests of the schema validator, what the API server's own code says. It is kept in the
// user's cache, named by a digest of its sources, so that several checkouts share it. Prints its path.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const schemas = join(root, "scripts", "schemas");
const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");

const sources = readdirSync(join(schemas, "oracle")).map((name) => join("oracle", name));
const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
for (const file of ["go.mod", "go.sum", ...sources.sort()]) {
  hash
    .update(file)
    .update("\0")
    .update(readFileSync(join(schemas, file)))
    .update("\0");
}
const folder = join(cache, "sluice", "schema-oracle", hash.digest("hex").slice(0, 16));
const program = join(folder, "oracle");
if (!existsSync(program)) {
  mkdirSync(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const done = spawnSync("go", ["build", "-o", unfinished, "./oracle"], {
    cwd: schemas,
    env: { ...process.env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (done.status !== 0) {
    console.error("schema oracle: it could not be built.");
    process.exit(1);
  }
  renameSync(unfinished, program);
}
console.log(program);
