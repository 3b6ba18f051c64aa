// `sluice updates` on hand-made renders: what is printed, and its exit codes. The engine's part is tested with the simulator.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createNodeEngine } from "#simulator/node";

import { applier, entry, sluice } from "../records.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "updates-"));
  write("good.yaml", "repo/app: ['1.0.0', {tag: 1.2.0, digest: 'sha256:00'}, 2]\n");
  write("list.yaml", "- a\n");
  write("text.yaml", "repo/app: latest\n");
  write("odd.yaml", "repo/app: [{a: b}]\n");
  write("broken.yaml", "a: [b\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

const image = "image.toolkit.fluxcd.io/v1";
const rendered = [
  { kind: "ImageRepository", name: "app", spec: { image: "repo/app" } },
  {
    kind: "ImagePolicy",
    name: "app",
    spec: { imageRepositoryRef: { name: "app" }, policy: { semver: { range: "1.x" } } },
  },
  {
    kind: "ImageUpdateAutomation",
    name: "fleet",
    spec: { sourceRef: { kind: "GitRepository", name: "flux-system" }, update: { path: "./" } },
  },
].map(({ kind, name, spec }) =>
  entry(
    "apps",
    JSON.stringify({ apiVersion: image, kind, metadata: { name, namespace: "flux-system" }, spec }),
  ),
);
const engine = createNodeEngine({ jobs: 1 });
afterAll(() => engine.dispose());
const world = {
  engine,
  entries: rendered,
  appliers: [applier("flux-system", { source: "GitRepository flux-system/flux-system" })],
};

describe("sluice updates", () => {
  it("prints the chosen tags and what would be written", async () => {
    const { code, stdout } = await sluice(["updates", "--tags", join(folder, "good.yaml")], world);
    expect(stdout).toContain("ImagePolicy flux-system/app  repo/app:1.2.0\n");
    expect(stdout).toContain("ImageUpdateAutomation flux-system/fleet\n  nothing to change\n");
    expect(code).toBe(0);
  });

  it("says which policies have no tag", async () => {
    const { code, stdout } = await sluice(["updates", "-o", "json"], world);
    const { clusters } = JSON.parse(stdout) as {
      readonly clusters: readonly { readonly images: readonly unknown[] }[];
    };
    expect(clusters[0]?.images).toMatchObject([{ failure: "no tags in database" }]);
    expect(code).toBe(1);
  });

  it("is short where there is no image automation", async () => {
    expect(await sluice(["updates"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("no ImagePolicies") as unknown,
    });
  });

  it.each([
    ["absent.yaml", "can't be read"],
    ["broken.yaml", "can't be read"],
    ["list.yaml", "must be a map"],
    ["text.yaml", "is not a list"],
    ["odd.yaml", "neither a text nor a map"],
  ])("refuses %s", async (name, words) => {
    const { code, stderr } = await sluice(["updates", "--tags", join(folder, name)], world);
    expect(stderr).toContain(words);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  });
});
