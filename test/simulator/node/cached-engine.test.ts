/** Answers on disk: another process finds them, private to the user; a folder that can't be written is no failure. */
import fs from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { createSimulator, defaultOptions } from "#simulator";
import { createCachedEngine } from "#simulator/node";

import { openAnswerStore } from "../../../simulator/node/answer-store.ts";
import { fixture } from "../../support/fixture.ts";
import { noSources } from "../../support/simulator.ts";
import { temporaryFolder, writeFiles } from "../../support/temporary-repository.ts";

const wasm = join(import.meta.dirname, "../../../dist/engine.wasm");

const tree = fixture(`
#- cluster/app.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: flux-system}
spec: {path: ./app, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
#- app/cm.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: x, namespace: demo}
`);

async function renderedBy(cacheDir: string, given: { readonly worker?: string }): Promise<number> {
  const engine = createCachedEngine({ wasm, jobs: 1, cacheDir, ...given });
  const simulator = createSimulator({ engine, sources: noSources });
  onTestFinished(() => simulator.dispose());
  const simulation = await simulator.simulate(tree, { ...defaultOptions, paths: ["cluster"] });
  return simulation.appliers.filter(({ state }) => state === "ready").length;
}

describe("the engine behind stored answers", () => {
  it("is not started when everything is known", async () => {
    // A broken worker is how a start shows; the native engine has none.
    vi.stubEnv("SLUICE_ENGINE", "wasm");
    onTestFinished(() => void vi.unstubAllEnvs());
    const cacheDir = temporaryFolder();
    expect(await renderedBy(cacheDir, {})).toBe(2);
    const broken = join(temporaryFolder(), "no-worker.cjs");
    fs.writeFileSync(broken, "throw new Error('started')");
    expect(await renderedBy(cacheDir, { worker: broken })).toBe(2);
    expect(await renderedBy(temporaryFolder(), { worker: broken })).toBe(0);
  });
});

describe("the store of answers", () => {
  it("gives back what another process kept, for the same build only", () => {
    const cacheDir = temporaryFolder();
    const first = openAnswerStore(cacheDir, "build-1");
    expect(first.isFilled).toBe(false);
    first.save("question", "answer");
    expect(openAnswerStore(cacheDir, "build-1").isFilled).toBe(true);
    expect(openAnswerStore(cacheDir, "build-1").load("question")).toBe("answer");
    expect(openAnswerStore(cacheDir, "build-1").load("another question")).toBeUndefined();
    expect(openAnswerStore(cacheDir, "build-2").load("question")).toBeUndefined();
  });
  it("is for the user alone", () => {
    const cacheDir = temporaryFolder();
    openAnswerStore(cacheDir, "build").save("question", "answer");
    const folder = join(cacheDir, "answers-1", "build");
    expect(fs.statSync(folder).mode & 0o077).toBe(0);
    for (const name of fs.readdirSync(folder)) {
      expect(fs.statSync(join(folder, name)).mode & 0o077).toBe(0);
    }
  });
  it("keeps nothing where it can't write", () => {
    const cacheDir = temporaryFolder();
    writeFiles(cacheDir, { "answers-1": "a file in the way" });
    const store = openAnswerStore(cacheDir, "build");
    store.save("question", "answer");
    expect(store.load("question")).toBeUndefined();
  });
  it("forgets what nobody asked for in a month", () => {
    const cacheDir = temporaryFolder();
    openAnswerStore(cacheDir, "old").save("question", "answer");
    const folder = join(cacheDir, "answers-1", "old");
    const long = new Date(Date.now() - 40 * 24 * 60 * 60 * 1000);
    for (const name of fs.readdirSync(folder)) fs.utimesSync(join(folder, name), long, long);
    fs.utimesSync(join(cacheDir, "answers-1", "swept"), long, long);
    // The sweep is once in a process, so another folder name stands for the next process.
    fs.renameSync(cacheDir, `${cacheDir}-later`);
    onTestFinished(() => fs.rmSync(`${cacheDir}-later`, { recursive: true, force: true }));
    const later = openAnswerStore(`${cacheDir}-later`, "new");
    later.save("question", "answer");
    expect(fs.existsSync(join(`${cacheDir}-later`, "answers-1", "old"))).toBe(false);
    expect(later.load("question")).toBe("answer");
  });
});
