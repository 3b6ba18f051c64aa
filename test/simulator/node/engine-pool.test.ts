// The pool over real worker threads: time-outs, crashes, cancelling, recycling, and sending differences only.
import process from "node:process";

import { afterEach, describe, expect, it, vi } from "vitest";

import type { Engine, FileTree } from "#simulator";
import { createNodeEngine } from "#simulator/node";

import { built, configMap, requestFor, treeOf } from "../engine/fixture.ts";

const engines: Engine[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.dispose()));
});

function start(options: Parameters<typeof createNodeEngine>[0] = {}): Engine {
  const engine = createNodeEngine({ jobs: 1, ...options });
  engines.push(engine);
  return engine;
}

const small = treeOf({ "cm.yaml": configMap("cm") });
const artifacts = (tree: FileTree): ReadonlyMap<string, FileTree> => new Map([["repo", tree]]);
const request = requestFor({});

/** Every level includes the one below twice: the work doubles with each. */
function endless(): FileTree {
  const files: Record<string, string> = {
    "l0/kustomization.yaml": "resources: [cm.yaml]\n",
    "l0/cm.yaml": configMap("cm"),
  };
  for (let level = 1; level < 30; level++) {
    files[`l${level}/kustomization.yaml`] = "resources: [a, b]\n";
    for (const side of ["a", "b"]) {
      files[`l${level}/${side}/kustomization.yaml`] =
        `namePrefix: ${side}-\nresources: [../../l${level - 1}]\n`;
    }
  }
  return treeOf(files);
}
const endlessRequest = requestFor({ path: "l29" });

/** Nested beyond what any stack holds. */
function tooDeep(): FileTree {
  return treeOf({
    "cm.yaml": configMap("cm", { k: `${"${u:=".repeat(400_000)}${"}".repeat(400_000)}` }),
  });
}
const tooDeepRequest = requestFor({ postBuild: { substitute: { v: "" } } });

describe("a build that does not end", () => {
  it("is stopped, and the next one works", async () => {
    const engine = start({ timeoutMs: 300 });
    await engine.call("kustomize", request, artifacts(small));
    const result = await engine.call("kustomize", endlessRequest, artifacts(endless()));
    expect(result.failure).toMatchObject({
      stage: "engine",
      cause: "timeout",
      message: "the build took longer than 0.3 s and was stopped",
    });
    const next = await start().call("kustomize", request, artifacts(small));
    expect(next.objects).toHaveLength(1);
  });

  it("does not hold up the others", async () => {
    const engine = start({ jobs: 2, timeoutMs: 5_000 });
    const slow = engine.call("kustomize", endlessRequest, artifacts(endless()));
    const quick = engine.call("kustomize", request, artifacts(small));
    const first = await Promise.race([slow.then(() => "slow"), quick.then(() => "quick")]);
    expect(first).toBe("quick");
    expect((await slow).failure?.cause).toBe("timeout");
  });
});

describe("a build on a busy machine", () => {
  it("has processor time, and more time than that when it gets little of it", async () => {
    const usage = vi.spyOn(process, "cpuUsage").mockReturnValue({ user: 0, system: 0 });
    try {
      const engine = start({ timeoutMs: 100 });
      const slow = await engine.call("kustomize", endlessRequest, artifacts(endless()));
      expect(slow.failure?.cause).toBe("timeout");
      // Once at the start, and again each time when it could have been enough.
      expect(usage.mock.calls.length).toBeGreaterThan(5);
    } finally {
      usage.mockRestore();
    }
  });
});

describe("a build that crashes", () => {
  it("fails alone, and the next one works", async () => {
    const engine = start();
    const result = await engine.call("kustomize", tooDeepRequest, artifacts(tooDeep()));
    expect(result.failure).toMatchObject({
      stage: "engine",
      cause: "crash",
      message: "the build is nested too deeply for the render engine",
    });
    expect((await engine.call("kustomize", request, artifacts(small))).objects).toHaveLength(1);
  });

  it("fails as well when it follows others", async () => {
    const engine = start();
    await engine.call("kustomize", request, artifacts(small));
    expect(
      (await engine.call("kustomize", tooDeepRequest, artifacts(tooDeep()))).failure?.cause,
    ).toBe("crash");
  });
});

describe("an engine that cannot start", () => {
  it("says so for each build", async () => {
    const engine = start({ wasm: "/nowhere/engine.wasm" });
    const results = await Promise.all(
      [1, 2].map(() => engine.call("kustomize", request, artifacts(small))),
    );
    expect(results.map(({ failure }) => failure?.message)).toEqual(
      Array.from({ length: 2 }, () =>
        expect.stringContaining("Build it with: node scripts/build-engine.mjs"),
      ),
    );
  });

  it("starts cold without its image", async () => {
    const engine = start({ wasm: built("engine.wasm"), image: "/nowhere/engine.image" });
    expect((await engine.call("kustomize", request, artifacts(small))).objects).toHaveLength(1);
  });
});

describe("cancelling", () => {
  it("rejects what waits and what runs, and leaves the engine usable", async () => {
    const engine = start({ timeoutMs: 2_000 });
    const controller = new AbortController();
    const running = engine.call(
      "kustomize",
      endlessRequest,
      artifacts(endless()),
      controller.signal,
    );
    const waiting = engine.call("kustomize", request, artifacts(small), controller.signal);
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await expect(
      engine.call("kustomize", request, artifacts(small), controller.signal),
    ).rejects.toMatchObject({ name: "AbortError" });
    expect((await engine.call("kustomize", request, artifacts(small))).objects).toHaveLength(1);
  });

  it("by disposing rejects everything", async () => {
    const engine = start();
    const pending = engine.call("kustomize", endlessRequest, artifacts(endless()));
    const rejected = expect(pending).rejects.toMatchObject({ name: "AbortError" });
    await engine.dispose();
    await rejected;
    await expect(engine.call("kustomize", request, artifacts(small))).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});

describe("trees", () => {
  const namesFor = async (engine: Engine, tree: FileTree): Promise<string[]> =>
    (await engine.call("kustomize", request, artifacts(tree))).objects.map(({ name }) => name);

  it("follow every change: added, edited, removed, file to folder and back", async () => {
    const engine = start();
    const steps: Record<string, string>[] = [
      { "a.yaml": configMap("a") },
      { "a.yaml": configMap("a"), "b/one.yaml": configMap("one") },
      { "a.yaml": configMap("edited"), "b/one.yaml": configMap("one") },
      { "b/one.yaml": configMap("one") },
      { b: "a file now", "c.yaml": configMap("c") },
      { "b/two.yaml": configMap("two") },
      {},
    ];
    for (const files of steps) {
      const fresh = start();
      expect(await namesFor(engine, treeOf(files))).toEqual(await namesFor(fresh, treeOf(files)));
      await fresh.dispose();
    }
  });

  it("are remembered per artifact", async () => {
    const engine = start();
    const other = treeOf({ "cm.yaml": configMap("other") });
    await engine.call("kustomize", request, artifacts(small));
    await engine.call("kustomize", { ...request, artifact: "other" }, new Map([["other", other]]));
    expect(await namesFor(engine, small)).toEqual(["cm"]);
  });

  it("have no symlinks and no submodules, and files that are too large cannot be read", async () => {
    const files = new Map(small.files);
    files.set("link.yaml", { id: "1", size: 3, kind: "symlink" });
    files.set("module", { id: "2", size: 0, kind: "submodule" });
    expect(await namesFor(start(), { ...small, files })).toEqual(["cm"]);
    files.set("huge.yaml", { id: "3", size: 1e9, kind: "file" });
    const result = await start().call("kustomize", request, artifacts({ ...small, files }));
    expect(result.failure).toMatchObject({ stage: "generate", path: "huge.yaml" });
  });
});

describe("a worker whose memory grew", () => {
  /** A build of so many megabytes leaves a memory behind that is some 25 times as large. */
  const megabytes = (count: number): FileTree => {
    const objects = Array.from({ length: count }, (_, i) =>
      configMap(`cm-${i}`, { text: "x".repeat(1_000_000) }),
    );
    return treeOf({ "cm.yaml": objects.join("\n---\n") });
  };

  async function workersFor(
    options: Parameters<typeof createNodeEngine>[0],
    trees: readonly FileTree[],
  ): Promise<number> {
    let workers = 0;
    const count = (): void => {
      workers += 1;
    };
    process.on("worker", count);
    try {
      const engine = start(options);
      for (const tree of trees) {
        const { objects, failure } = await engine.call("kustomize", request, artifacts(tree));
        expect(failure).toBeUndefined();
        expect(objects.length).toBeGreaterThan(0);
      }
    } finally {
      process.off("worker", count);
    }
    return workers;
  }

  it("is replaced, so that the next build has a fresh one, without anybody noticing", async () => {
    expect(await workersFor({ memoryMB: 250 }, [small, small, megabytes(9), small])).toBe(2);
  });

  it("is replaced above 400 MiB where nothing else is said, and not before", async () => {
    expect(await workersFor({}, [small, megabytes(9), small])).toBe(1);
    expect(await workersFor({}, [small, megabytes(20), small])).toBe(2);
  });
});

describe("excluded", () => {
  it("asks the engine about a tree", async () => {
    const tree = treeOf({ ".sourceignore": "b/\n", "a.yaml": "", "b/c.yaml": "", "logo.png": "" });
    expect(await start().excluded(tree, undefined)).toEqual(["b/c.yaml"]);
    expect(await start().excluded(tree, "a.yaml")).toEqual(["a.yaml", "b/c.yaml"]);
  });
});
