// What image automation would commit next, with the real engine.
import { afterAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

import type { FileTree, JsonObject } from "#simulator";
import { createNodeEngine } from "#simulator/node";
import {
  planImageUpdates,
  type ImageTags,
  type ImageUpdates,
} from "../../../simulator/flux/image-updates.ts";

import { treeOf } from "../engine/fixture.ts";

const engine = createNodeEngine({ jobs: 1 });
afterAll(() => engine.dispose());

const manifests = `
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux-system}
spec: {image: ghcr.io/org/app}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system, labels: {auto: "yes"}}
spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: 1.x}}, digestReflectionPolicy: IfNotPresent}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: lost, namespace: flux-system}
spec: {imageRepositoryRef: {name: absent}, policy: {semver: {range: 1.x}}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: fleet, namespace: flux-system}
spec:
  sourceRef: {kind: GitRepository, name: fleet}
  update: {path: ./apps, strategy: Setters}
`;
const tree = treeOf({
  "apps/app.yaml": 'image: ghcr.io/org/app:1.0.0 # {"$imagepolicy": "flux-system:app"}\n',
  "other.yaml": 'image: ghcr.io/org/app:1.0.0 # {"$imagepolicy": "flux-system:app"}\n',
});
const tags: ImageTags = new Map([
  ["ghcr.io/org/app", [{ tag: "1.0.0" }, { tag: "1.2.0", digest: "sha256:00" }, { tag: "2.0.0" }]],
]);

function plan(
  text: string = manifests,
  given: ImageTags = tags,
  repository: FileTree | undefined = tree,
): Promise<ImageUpdates> {
  const objects = parseAllDocuments(text).map((each) => each.toJS() as JsonObject);
  return planImageUpdates({
    objects,
    tags: given,
    engine,
    treeOf: ({ name }) => (name === "fleet" ? repository : undefined),
  });
}

describe("image updates", () => {
  it("choose tags and write what their markers ask for", async () => {
    const { images, updates } = await plan();
    expect(images).toMatchObject([
      { image: "ghcr.io/org/app", tag: "1.2.0", digest: "sha256:00" },
      { failure: "its ImageRepository is not in the repository" },
    ]);
    expect(updates).toMatchObject([
      {
        suspended: false,
        files: [{ path: "apps/app.yaml" }],
        changes: [
          {
            before: "ghcr.io/org/app:1.0.0",
            after: "ghcr.io/org/app:1.2.0@sha256:00",
            setter: "flux-system:app",
          },
        ],
      },
    ]);
  });

  it("leave digests out that are not reflected", async () => {
    const { images } = await plan(manifests.replace("IfNotPresent", "Never"));
    expect(images[0]).not.toHaveProperty("digest");
  });

  it("take only the policies that the automation selects", async () => {
    const selecting = (selector: string): string =>
      manifests.replace("  sourceRef:", `  policySelector: ${selector}\n  sourceRef:`);
    for (const [selector, count] of [
      ["{matchLabels: {auto: 'yes'}}", 1],
      ["{matchLabels: {auto: 'no'}}", 0],
      ["{matchExpressions: [{key: auto, operator: In, values: ['yes']}]}", 1],
      ["{matchExpressions: [{key: auto, operator: DoesNotExist}]}", 0],
      ["{matchExpressions: [{key: auto, operator: Odd}]}", 0],
    ] as const) {
      const { updates } = await plan(selecting(selector));
      expect(updates[0]?.changes, selector).toHaveLength(count);
    }
  });

  it("take no policies of other namespaces", async () => {
    const elsewhere = manifests
      .replace("name: fleet, namespace: flux-system", "name: fleet, namespace: other")
      .replace("name: fleet}", "name: fleet, namespace: flux-system}");
    expect((await plan(elsewhere)).updates[0]).toMatchObject({ changes: [] });
  });

  it("use what the cluster remembers where no tags are given", async () => {
    const live = manifests.replace(
      "digestReflectionPolicy: IfNotPresent}",
      "digestReflectionPolicy: IfNotPresent}\nstatus: {latestRef: {name: ghcr.io/org/app, tag: 1.1.0}}",
    );
    const { images } = await plan(live, new Map());
    expect(images[0]).toMatchObject({ tag: "1.1.0" });
    expect((await plan(manifests, new Map())).images[0]?.failure).toBe("no tags in database");
  });

  it("say when the automation writes elsewhere, or to a folder that is not there", async () => {
    const elsewhere = await plan(
      manifests.replace("name: fleet}\n  update", "name: other}\n  update"),
    );
    expect(elsewhere.updates[0]?.failure).toContain("not this one");
    const absent = await plan(manifests.replace("./apps", "./absent"));
    expect(absent.updates[0]?.failure).toContain("no such file");
  });
});
