/** Hostile folders on a real disk, read as the working tree: links, pipes, sockets, devices, loops, sparse files. */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { openWorkingTree } from "#simulator/node";
import { configMap, kustomization } from "../../support/flux.ts";
import { textOf } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";
import {
  temporaryFolder,
  temporaryRepository,
  writeFiles,
} from "../../support/temporary-repository.ts";
import { besideInnocent, goodText, innocent, verdict } from "./side-by-side.ts";
import { fixture } from "../../support/fixture.ts";

const bench = useSimulator();

/** The innocent cluster on disk, with `x` beside it. */
function repository(files: Readonly<Record<string, string>> = {}): string {
  const tree = besideInnocent({
    "cluster/x.yaml": kustomization("x", "./x"),
    "x/cm.yaml": configMap("a", "1"),
    ...files,
  });
  return temporaryRepository(
    Object.fromEntries([...tree.files.keys()].map((path) => [path, textOf(tree, path)])),
  );
}

async function simulate(root: string) {
  const working = await openWorkingTree(root);
  const tree = await working.read();
  const simulation = await bench.simulate(tree);
  expect(await goodText(bench, simulation)).toContain("untouched");
  return { tree, simulation };
}

it.each([
  ["a file outside", "secret.yaml"],
  ["a folder outside", ""],
  ["nothing", "nope"],
])(
  "a link to %s is dropped, as source-controller does, and nothing outside is read",
  async (_, target) => {
    const outside = temporaryFolder();
    writeFiles(outside, { "secret.yaml": configMap("stolen", "1") });
    const root = repository({ "x/kustomization.yaml": "resources: [cm.yaml, link]\n" });
    symlinkSync(join(outside, target), join(root, "x/link"));
    const { tree, simulation } = await simulate(root);
    expect(
      [...tree.files]
        .filter(([path]) => path.startsWith("x/link"))
        .map(([path, { kind, bytes }]) => [path, kind, bytes]),
    ).toEqual([["x/link", "symlink", undefined]]);
    expect(verdict(simulation, "x")[0]).toBe("failed");
    expect(
      JSON.stringify(
        await bench.simulator.rendered(simulation, { secrets: "show", origins: false }),
      ),
    ).not.toContain("stolen");
  },
);

it("links within the repository, to themselves, to each other and to the folder above are dropped", async () => {
  const root = repository();
  symlinkSync("self.yaml", join(root, "x/self.yaml"));
  symlinkSync("b.yaml", join(root, "x/a.yaml"));
  symlinkSync("a.yaml", join(root, "x/b.yaml"));
  symlinkSync("..", join(root, "x/up"));
  symlinkSync("cm.yaml", join(root, "x/twin.yaml"));
  const { tree, simulation } = await simulate(root);
  expect([...tree.files.values()].filter(({ kind }) => kind === "symlink")).toHaveLength(5);
  expect(verdict(simulation, "x")[0]).toBe("ready");
  expect(simulation.appliers.find(({ ref }) => ref.name === "x")?.objects).toBe(1);
});

it("a folder that became a link to somewhere else is not followed", async () => {
  const outside = temporaryFolder();
  writeFiles(outside, { "cm.yaml": configMap("stolen", "1") });
  const root = repository();
  execFileSync("rm", ["-r", join(root, "x")]);
  symlinkSync(outside, join(root, "x"));
  const { tree, simulation } = await simulate(root);
  expect(tree.files.has("x/cm.yaml")).toBe(false);
  expect(verdict(simulation, "x")[0]).toBe("failed");
});

it("pipes, sockets and links to devices do not make it wait", async () => {
  const root = repository();
  execFileSync("mkfifo", [join(root, "x/pipe.yaml")]);
  symlinkSync("/dev/zero", join(root, "x/zero.yaml"));
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(join(root, "x/socket.yaml"), resolve));
  const { tree, simulation } = await simulate(root);
  expect([...tree.files.keys()].filter((path) => path.startsWith("x/"))).toEqual([
    "x/cm.yaml",
    "x/zero.yaml",
  ]);
  expect(verdict(simulation, "x")[0]).toBe("ready");
});

it("a tracked file that became a pipe does not make it wait", async () => {
  const root = repository();
  execFileSync("rm", [join(root, "x/cm.yaml")]);
  execFileSync("mkfifo", [join(root, "x/cm.yaml")]);
  const { tree } = await simulate(root);
  expect(tree.files.has("x/cm.yaml")).toBe(false);
});

it("a .git that is a link, or a file that leads out, gives no other repository", async () => {
  const other = temporaryRepository({ "secret.yaml": configMap("stolen", "1") });
  for (const plant of [
    (root: string) => symlinkSync(join(other, ".git"), join(root, ".git")),
    (root: string) => writeFileSync(join(root, ".git"), `gitdir: ${other}/.git\n`),
  ]) {
    const root = temporaryFolder();
    const tree = fixture(innocent);
    writeFiles(
      root,
      Object.fromEntries([...tree.files.keys()].map((path) => [path, textOf(tree, path)])),
    );
    plant(root);
    const { tree: read } = await simulate(root);
    expect(
      [...read.files].filter(([path, { bytes }]) => path === "secret.yaml" && bytes !== undefined),
    ).toEqual([]);
  }
});

it("a file of 100 MB is no concern of those that do not read it, and a problem of the one that does", async () => {
  const root = repository();
  mkdirSync(join(root, "big"));
  for (const path of ["big/huge.yaml", "x/huge.yaml"]) {
    writeFileSync(join(root, path), "");
    truncateSync(join(root, path), 100 * 1024 * 1024);
  }
  const { tree, simulation } = await simulate(root);
  expect(tree.files.get("x/huge.yaml")).toMatchObject({ size: 100 * 1024 * 1024 });
  expect(tree.files.get("x/huge.yaml")?.bytes).toBeUndefined();
  expect(tree.problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
    "too-large big/huge.yaml",
    "too-large x/huge.yaml",
  ]);
  expect(verdict(simulation, "x")).toEqual(["failed", "error build-failed ./huge.yaml"]);
});
