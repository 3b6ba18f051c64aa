/** Addresses in the repository that want programs run, files read, or private networks reached. */
import { describe, expect, it } from "vitest";

import { createSources } from "#simulator/node";
import { sourceTitle } from "#simulator";
import type { SourceRequest, Sources } from "#simulator";
import { configMap, kustomization } from "../../support/flux.ts";
import { edited } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";
import { temporaryFolder } from "../../support/temporary-repository.ts";
import { besideInnocent, goodText, verdict } from "./side-by-side.ts";

const asked: string[] = [];
let real: Sources | undefined;
const guarded: Sources = {
  fetch(request: SourceRequest, signal) {
    asked.push(sourceTitle(request));
    return (real ??= createSources({
      cacheDir: temporaryFolder(),
      offline: false,
      allowPrivateNetwork: false,
    })).fetch(request, signal);
  },
};
const bench = useSimulator(guarded);
const withResource = (resource: string) =>
  besideInnocent({
    "cluster/x.yaml": kustomization("x", "./x"),
    "x/kustomization.yaml": `resources: [${JSON.stringify(resource)}]\n`,
  });

describe("a resource of a kustomization", () => {
  it.each([
    "file:///etc/passwd",
    "file:///etc//x?ref=main",
    "--upload-pack=touch /tmp/x",
    "git::ext::sh -c touch% /tmp/x",
    "ext::sh -c touch% /tmp/x",
    "ssh://-oProxyCommand=touch/x//y?ref=main",
    "git@-oProxyCommand=touch:x/y.git",
    "https://127.0.0.1:1/a/b.git//c?ref=--upload-pack=x",
    "https://127.0.0.1:1/x.yaml",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]:1/x.yaml",
    "http://localhost:1/a/b.git",
  ])("%s is not fetched", async (resource) => {
    const simulation = await bench.simulate(withResource(resource));
    const [state, problem] = verdict(simulation, "x");
    expect(["failed", "unknown"]).toContain(state);
    expect(problem).toMatch(
      /^(error build-failed|(error|warning) source-unavailable) \.\/kustomization\.yaml/,
    );
    expect(await goodText(bench, simulation)).toContain("untouched");
  });

  it("climbs out of no folder", async () => {
    const before = asked.length;
    const simulation = await bench.simulate(withResource("../../../../../../proc/self/environ"));
    expect(verdict(simulation, "x")[0]).toBe("failed");
    expect(asked.length).toBe(before);
  });
});

it("a remote that can't be had is forgotten with the edit that takes it away", async () => {
  const tree = withResource("https://127.0.0.1:1/x.yaml");
  expect(verdict(await bench.simulate(tree), "x")[1]).toContain("source-unavailable");
  const broken = edited(tree, { "x/kustomization.yaml": "resources: [cm.yaml\n" });
  expect(verdict(await bench.simulate(broken), "x")).toEqual([
    "failed",
    "error build-failed ./kustomization.yaml:1",
  ]);
  const mended = edited(tree, {
    "x/kustomization.yaml": "resources: [cm.yaml]\n",
    "x/cm.yaml": configMap("a", "1"),
  });
  expect(verdict(await bench.simulate(mended), "x")).toEqual(["ready"]);
  expect(verdict(await bench.simulate({ ...tree }), "x")[1]).toContain("source-unavailable");
});

describe("a GitRepository", () => {
  // A ref that can't be one fails wherever it is asked for; the other addresses may only be out of reach from here.
  it.each([
    ["file:///etc", "unknown", "warning"],
    ["ext::sh -c x", "unknown", "warning"],
    ["ssh://-oProxyCommand=x/y", "unknown", "warning"],
    ["https://127.0.0.1:1/x", "failed", "error"],
    ["", "unknown", "warning"],
    ["\u0000", "unknown", "warning"],
  ])("at %j is not fetched", async (url, state, severity) => {
    const source = `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: other, namespace: flux-system}\nspec: {url: ${JSON.stringify(url)}, ref: {name: "--upload-pack=x"}}\n`;
    const tree = besideInnocent({
      "cluster/x.yaml": `${kustomization("x", "./x", "", "other")}---\n${source}`,
    });
    const simulation = await bench.simulate(tree);
    expect(verdict(simulation, "x")).toEqual([
      state,
      `${severity} source-unavailable cluster/case.yaml:1`,
    ]);
    expect(await goodText(bench, simulation)).toContain("untouched");
  });
});
