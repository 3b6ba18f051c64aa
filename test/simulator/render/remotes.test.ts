/** Remote bases and external repositories: asked for once, tried again when told to, untouched by who gives up waiting. */
import { describe, expect, it } from "vitest";

import { createSimulator, defaultOptions } from "#simulator";
import type { SourceAnswer, SourceRequest, Sources } from "#simulator";
import { createNodeEngine } from "#simulator/node";
import { configMap, gotkSync, kustomization } from "../../support/flux.ts";
import { edited, fixture, treeOf } from "../../support/fixture.ts";

const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- apps/kustomization.yaml
resources: ["https://example.test/remote.yaml"]
`);
const offline: SourceAnswer = {
  outcome: "unavailable",
  reason: "offline",
  message: "not in the cache",
};
const online: SourceAnswer = {
  outcome: "available",
  tree: treeOf({ content: configMap("remote", "1") }),
};

/** Sources that answer what `next` says, and count how often they are asked. */
function sourcesWith(next: () => Promise<SourceAnswer>): Sources & { asked: SourceRequest[] } {
  const asked: SourceRequest[] = [];
  return {
    asked,
    fetch(request) {
      asked.push(request);
      return next();
    },
  };
}

describe("remotes", () => {
  it("are asked for once, whatever is edited", async () => {
    const sources = sourcesWith(() => Promise.resolve(online));
    const simulator = createSimulator({ engine: createNodeEngine({ jobs: 1 }), sources });
    for (const text of ["1", "2", "3"]) {
      const now = edited(tree, { "apps/extra.yaml": configMap("extra", text) });
      expect((await simulator.simulate(now, defaultOptions)).problems).toEqual([]);
    }
    expect(sources.asked).toEqual([{ kind: "http", url: "https://example.test/remote.yaml" }]);
    await simulator.dispose();
  });

  it("that could not be had are tried again when told to, and not before", async () => {
    let answer: SourceAnswer = offline;
    const sources = sourcesWith(() => Promise.resolve(answer));
    const simulator = createSimulator({ engine: createNodeEngine({ jobs: 1 }), sources });
    const states = async (text: string) => {
      const now = edited(tree, { "cluster/note.yaml": configMap("note", text) });
      return (await simulator.simulate(now, defaultOptions)).appliers.map(({ state }) => state);
    };
    expect(await states("1")).toEqual(["ready", "unknown"]);
    answer = online;
    expect(await states("2")).toEqual(["ready", "unknown"]);
    simulator.retrySources();
    expect(await states("2")).toEqual(["ready", "ready"]);
    await simulator.dispose();
  });

  it("go on arriving when the first who waits gives up", async () => {
    let arrive: (answer: SourceAnswer) => void = () => {};
    const arriving = new Promise<SourceAnswer>((resolve) => (arrive = resolve));
    let started: () => void = () => {};
    const begun = new Promise<void>((resolve) => (started = resolve));
    const sources = sourcesWith(() => {
      started();
      return arriving;
    });
    const simulator = createSimulator({ engine: createNodeEngine({ jobs: 1 }), sources });
    const impatient = new AbortController();
    const first = simulator.simulate(tree, defaultOptions, { signal: impatient.signal });
    await begun;
    impatient.abort();
    await expect(first).rejects.toMatchObject({ name: "AbortError" });
    const second = simulator.simulate(tree, defaultOptions);
    arrive(online);
    expect((await second).appliers.map(({ state }) => state)).toEqual(["ready", "ready"]);
    expect(sources.asked).toHaveLength(1);
    await simulator.dispose();
  });
});
