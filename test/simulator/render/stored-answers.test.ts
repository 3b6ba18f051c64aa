/** A stored answer counts exactly as long as everything it read is the same, and nothing of a Secret is ever stored. */
import { describe, expect, it } from "vitest";

import { withStoredAnswers } from "#simulator";
import type { AnswerStore, Engine, FileTree } from "#simulator";

import type {
  DataObject,
  EngineObject,
  KustomizeRequest,
  KustomizeResult,
} from "../../../simulator/engine/protocol.ts";
import { edited, treeOf } from "../../support/fixture.ts";

const tree = treeOf({ "app/kustomization.yaml": "a", "app/cm.yaml": "b", "other.yaml": "c" });
const answer: KustomizeResult = {
  objects: [],
  reads: {
    files: ["a1/app/kustomization.yaml"],
    listings: ["a1/app/"],
    absent: ["a1/app/kustomization.yml"],
  },
  needs: [],
  warnings: [],
  customSchema: false,
};

function requestOf(given: Partial<KustomizeRequest> = {}): KustomizeRequest {
  return {
    artifact: "a1",
    kustomization: { spec: { path: "app" } },
    flux: "2.9",
    strict: true,
    objects: [],
    assumed: [],
    ageIdentities: [],
    undecryptable: "placeholder",
    remotes: [],
    mode: "exact",
    ...given,
  };
}

function objectOf(kind: string): EngineObject {
  return { apiVersion: "v1", kind, namespace: "demo", name: "x", json: "{}" };
}

/** Two processes over one store: how often each asks its engine, and what is stored. */
function processes(result: KustomizeResult = answer) {
  const texts = new Map<string, string>();
  const store: AnswerStore = {
    load: (question) => texts.get(question),
    save: (question, text) => void texts.set(question, text),
  };
  const start = () => {
    const asked = { builds: 0, exclusions: 0 };
    const engine: Engine = {
      call: () => Promise.resolve(((asked.builds += 1), result as never)),
      excluded: () => Promise.resolve(((asked.exclusions += 1), ["other.yaml"])),
      dispose: () => Promise.resolve(),
    };
    return { asked, engine: withStoredAnswers(engine, store) };
  };
  return { texts, start };
}

async function isStored(
  now: FileTree,
  given: Partial<KustomizeRequest> = {},
  result: KustomizeResult = answer,
): Promise<boolean> {
  const { start } = processes(result);
  const [first, second] = [start(), start()];
  await first.engine.call("kustomize", requestOf(given), new Map([["a1", tree]]));
  const got = await second.engine.call("kustomize", requestOf(given), new Map([["a1", now]]));
  expect(got).toEqual(result);
  return second.asked.builds === 0;
}

describe("stored answers", () => {
  it("hold for the same tree and for changes of what was not read", async () => {
    expect(await isStored(tree)).toBe(true);
    expect(await isStored(edited(tree, { "app/cm.yaml": "x", "new.yaml": "x" }))).toBe(true);
  });
  it("end with a read file, a listing and an absence", async () => {
    expect(await isStored(edited(tree, { "app/kustomization.yaml": "x" }))).toBe(false);
    expect(await isStored(edited(tree, { "app/kustomization.yaml": undefined }))).toBe(false);
    expect(await isStored(edited(tree, { "app/new.yaml": "x" }))).toBe(false);
    expect(await isStored(edited(tree, { "app/kustomization.yml": "x" }))).toBe(false);
  });
  it("belong to one question, whoever's keys are at hand", async () => {
    const { start } = processes();
    const trees = new Map([["a1", tree]]);
    const one = start();
    await one.engine.call("kustomize", requestOf(), trees);
    await one.engine.call(
      "kustomize",
      requestOf({ ageIdentities: ["AGE-SECRET-KEY-1EXAMPLE"] }),
      trees,
    );
    expect(one.asked.builds).toBe(1);
    await one.engine.call("kustomize", requestOf({ strict: false }), trees);
    expect(one.asked.builds).toBe(2);
  });
  it("keep both sides of a plan", async () => {
    const { start } = processes();
    const sides = [tree, edited(tree, { "app/kustomization.yaml": "x" })];
    for (const side of sides)
      await start().engine.call("kustomize", requestOf(), new Map([["a1", side]]));
    const last = start();
    for (const side of sides)
      await last.engine.call("kustomize", requestOf(), new Map([["a1", side]]));
    expect(last.asked.builds).toBe(0);
  });
  it("hold no Secret, nothing made with one, and no crash", async () => {
    const secret: DataObject = {
      kind: "Secret",
      namespace: "demo",
      name: "x",
      data: { a: "hush" },
    };
    expect(await isStored(tree, { objects: [secret] })).toBe(false);
    expect(await isStored(tree, { objects: [{ ...secret, kind: "ConfigMap" }] })).toBe(true);
    const kustomization = { spec: { path: "app", decryption: { provider: "sops" } } };
    expect(await isStored(tree, { kustomization })).toBe(false);
    expect(await isStored(tree, {}, { ...answer, objects: [objectOf("Secret")] })).toBe(false);
    expect(await isStored(tree, {}, { ...answer, objects: [objectOf("ConfigMap")] })).toBe(true);
    const failure = { stage: "engine", reason: "BuildFailed", message: "crashed" } as const;
    expect(await isStored(tree, {}, { ...answer, failure })).toBe(false);
  });
  it("pass over what is not whole", async () => {
    const { texts, start } = processes();
    const trees = new Map([["a1", tree]]);
    await start().engine.call("kustomize", requestOf(), trees);
    for (const question of texts.keys()) texts.set(question, "[{");
    expect(await start().engine.call("kustomize", requestOf(), trees)).toEqual(answer);
    for (const question of texts.keys()) texts.set(question, '[null, 1, {"proof": "x"}]');
    expect(await start().engine.call("kustomize", requestOf(), trees)).toEqual(answer);
  });
  it("know which files are ignored as long as paths and ignore files are the same", async () => {
    const { start } = processes();
    const ask = async (now: FileTree): Promise<number> => {
      const { engine, asked } = start();
      expect(await engine.excluded(now, undefined)).toEqual(["other.yaml"]);
      return asked.exclusions;
    };
    expect(await ask(tree)).toBe(1);
    expect(await ask(edited(tree, { "other.yaml": "x" }))).toBe(0);
    expect(await ask(edited(tree, { "new.yaml": "x" }))).toBe(1);
    expect(await ask(edited(tree, { ".sourceignore": "x" }))).toBe(1);
    expect(await ask(edited(tree, { ".sourceignore": "y" }))).toBe(1);
  });
});
