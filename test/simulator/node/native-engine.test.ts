// The engine as a program: the same answers as WebAssembly, and the same behaviour when a build hangs, crashes or is cancelled.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, describe, expect, it } from "vitest";

import type { Engine, FileTree } from "#simulator";
import { createNodeEngine } from "#simulator/node";
import { createNativeEngine, nativeProgram } from "../../../simulator/node/native-engine.ts";

import { configMap, requestFor, treeOf } from "../engine/fixture.ts";

const dist = fileURLToPath(new URL("../../../dist/", import.meta.url));
const program = `${dist}engine-native`;
const engines: Engine[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.dispose()));
});

function start(options: { readonly timeoutMs?: number; readonly program?: string } = {}): Engine {
  const engine = createNativeEngine({ program, jobs: 1, ...options });
  engines.push(engine);
  return engine;
}

const small = treeOf({ "cm.yaml": configMap("cm") });
const repo = (tree: FileTree): ReadonlyMap<string, FileTree> => new Map([["repo", tree]]);

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

describe("the native engine", () => {
  it("answers as WebAssembly does, also when files change and for source-ignore", async () => {
    const wasm = createNodeEngine({ jobs: 1 });
    engines.push(wasm);
    const native = start();
    const trees = [
      small,
      treeOf({ "cm.yaml": configMap("other"), "b/x.yaml": configMap("ü".repeat(100_000)) }),
      treeOf({ "cm.yaml": "not: [valid" }),
      treeOf({ "a.md": "", ".sourceignore": "*.md\n", "b.txt": "" }),
    ];
    for (const tree of trees) {
      const asked = [requestFor({}), repo(tree)] as const;
      expect(JSON.stringify(await native.call("kustomize", ...asked))).toBe(
        JSON.stringify(await wasm.call("kustomize", ...asked)),
      );
      expect(await native.excluded(tree, undefined)).toEqual(await wasm.excluded(tree, undefined));
    }
  });

  it("stops a build that does not end, and goes on", async () => {
    const engine = start({ timeoutMs: 400 });
    const slow = await engine.call("kustomize", requestFor({ path: "l29" }), repo(endless()));
    expect(slow.failure).toMatchObject({ stage: "engine", cause: "timeout" });
    const next = await start().call("kustomize", requestFor({}), repo(small));
    expect(next.objects).toHaveLength(1);
  });

  it("gives a build processor time: one that only waited for its turn is not stopped", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-native-"));
    try {
      const waits = join(folder, "waits");
      // Two frames: the files were taken, and an answer.
      const frame = String.raw`\002\000\000\000{}`;
      writeFileSync(waits, `#!/bin/sh\nsleep 1.5\nprintf '${frame}${frame}'\nexec sleep 60\n`);
      chmodSync(waits, 0o755);
      const engine = start({ program: waits, timeoutMs: 1000 });
      expect(await engine.call("kustomize", requestFor({}), repo(small))).toEqual({});
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("explains a build that is nested too deeply for any stack", async () => {
    const nested = `${"${u:=".repeat(2_000_000)}${"}".repeat(2_000_000)}`;
    const engine = start();
    const result = await engine.call(
      "kustomize",
      requestFor({ postBuild: { substitute: { v: "" } } }),
      repo(treeOf({ "cm.yaml": configMap("cm", { k: nested }) })),
    );
    expect(result.failure).toMatchObject({ stage: "engine", cause: "crash" });
    expect(result.failure?.message).toMatch(/memory|nested too deeply/u);
    const next = await engine.call("kustomize", requestFor({}), repo(small));
    expect(next.objects).toHaveLength(1);
  });

  it("answers with a failure when the program ends or is none", async () => {
    for (const broken of [`${dist}no-such-program`, "/bin/false"]) {
      const result = await start({ program: broken }).call(
        "kustomize",
        requestFor({}),
        repo(small),
      );
      expect(result.failure).toMatchObject({ stage: "engine", cause: "crash" });
    }
  });

  it("does not swallow what is no frame", async () => {
    const result = await start({ program: "/bin/cat" }).call(
      "kustomize",
      requestFor({}),
      repo(small),
    );
    expect(result.failure).toMatchObject({ stage: "engine", cause: "crash" });
  });

  it("rejects what is cancelled, and answers the next question", async () => {
    const engine = start();
    const stop = new AbortController();
    const slow = engine.call("kustomize", requestFor({}), repo(small), stop.signal);
    stop.abort();
    await expect(slow).rejects.toMatchObject({ name: "AbortError" });
    const next = await engine.call("kustomize", requestFor({}), repo(small));
    expect(next.objects).toHaveLength(1);
  });

  it("is chosen where it was built, unless it is switched off", () => {
    expect(nativeProgram(`${dist}engine.wasm`, {})).toBe(program);
    expect(nativeProgram(`${dist}engine.wasm`, { SLUICE_ENGINE: "wasm" })).toBeUndefined();
    expect(nativeProgram("/nowhere/engine.wasm", {})).toBeUndefined();
  });
});
