// Runs the Go tests of the engine and of the test modules next to it: those compare it with the upstream packages.
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";

import { root, run } from "./steps.mjs";

const engine = join(root, "simulator", "engine");
const overlay = join(root, ".cache", "engine", "overlay.json");

/** One step per Go module that has tests, the engine itself first. */
export function goTestSteps() {
  return modules(engine)
    .filter((folder) =>
      ownFolders(folder).some((own) => readdirSync(own).some((name) => name.endsWith("_test.go"))),
    )
    .map((folder) => {
      const name =
        folder === engine ? "engine tests (Go)" : `engine tests (Go): ${relative(engine, folder)}`;
      return [name, () => testModule(folder)];
    });
}

function modules(folder) {
  const inner = folders(folder).flatMap(modules);
  return existsSync(join(folder, "go.mod")) ? [folder, ...inner] : inner;
}

/** The folders of a module without those of modules nested in it. */
function ownFolders(folder) {
  const inner = folders(folder).filter((path) => !existsSync(join(path, "go.mod")));
  return [folder, ...inner.flatMap(ownFolders)];
}

function folders(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "vendor" && entry.name !== "testdata")
    .map((entry) => join(folder, entry.name));
}

async function testModule(folder) {
  const flags = folder === engine ? await engineFlags() : [];
  const env = { GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" };
  const vetted = await run("go", ["vet", ...flags, "./..."], {
    cwd: folder,
    env,
    show: "on-failure",
  });
  const tested = await run("go", ["test", "-count=1", "-json", ...flags, "./..."], {
    cwd: folder,
    env,
    show: "never",
  });
  const results = events(tested.output);
  const passed = results.filter(
    (event) => event.Action === "pass" && event.Test !== undefined,
  ).length;
  const failed = results.filter(
    (event) => event.Action === "fail" && event.Test !== undefined,
  ).length;
  if (!tested.ok) {
    printFailures(tested.output, results);
  }
  return { ok: vetted.ok && tested.ok, passed, failed, note: `${passed} passed, ${failed} failed` };
}

/** The engine is only what it is with its overlay: the build writes that file, and the vendored packages it replaces. */
async function engineFlags() {
  if (!existsSync(overlay) || !existsSync(join(engine, "vendor", "modules.txt"))) {
    await run("node", ["scripts/build-engine.mjs", "--force"], { show: "on-failure" });
  }
  return ["-mod=vendor", "-overlay", overlay];
}

function events(output) {
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

function printFailures(output, results) {
  const broken = new Set(results.filter((event) => event.Action === "fail").map(keyOf));
  for (const event of results) {
    if (event.Action === "output" && broken.has(keyOf(event))) {
      process.stderr.write(event.Output);
    }
  }
  process.stderr.write(
    results
      .filter((event) => event.Action === "build-output")
      .map((event) => event.Output)
      .join(""),
  );
  // What is not JSON is a message of the go command itself.
  process.stderr.write(
    `${output
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("{"))
      .join("\n")}\n`,
  );
}

function keyOf(event) {
  return `${event.Package} ${event.Test ?? ""}`;
}
