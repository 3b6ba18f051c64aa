/** Completion in texts inside of texts: patches, data of ConfigMaps, templates of a ResourceSet. */
import { describe, expect, test } from "vitest";

import { completion } from "../../../language-server/features/completion.ts";
import { cursorCase } from "../../support/cursor.ts";
import { shippedPacks } from "../../support/lint.ts";

/** Labels that are offered at `█`, and the line after taking one. */
async function checkEmbedded(text: string, taken?: string) {
  const { folder, path, position } = cursorCase(text, await shippedPacks());
  const { signal } = new AbortController();
  const { items } = completion({}, folder, path, { position }, signal);
  const labels = items.map(({ label }) => label);
  const edit = items.find(({ label }) => label === taken)?.textEdit;
  if (!edit || !("range" in edit)) return { labels, line: undefined };
  const line = folder.model.manifest(path)?.text.split("\n")[edit.range.start.line] ?? "";
  const { start, end } = edit.range;
  return {
    labels,
    line: line.slice(0, start.character) + edit.newText + line.slice(end.character),
  };
}

const patched = (patch: string, target = "") => `
#- kustomization.yaml
resources: []
patches:
  - patch: |-
${patch}${target}
`;

describe("patches", () => {
  test("a strategic merge patch has the fields of its kind, none of them required", async () => {
    const { labels, line } = await checkEmbedded(
      patched(
        "      apiVersion: apps/v1\n      kind: Deployment\n      metadata:\n        name: web\n      spec:\n        rep█",
      ),
      "replicas",
    );
    expect(labels).toContain("selector");
    expect(line).toBe("        replicas: ");
  });

  test("without a kind of its own, that of its target", async () => {
    const { labels } = await checkEmbedded(
      patched("      spec:\n        █\n", "    target:\n      kind: Deployment"),
    );
    expect(labels).toContain("replicas");
  });

  test("operations of a JSON patch", async () => {
    const { labels } = await checkEmbedded(patched("      - op: █"));
    expect(labels).toEqual(["add", "remove", "replace", "move", "copy", "test"]);
  });

  test("paths of a JSON patch lead through the target's fields and lists", async () => {
    const target = "\n    target:\n      group: apps\n      version: v1\n      kind: Deployment";
    const path = (typed: string) => patched(`      - op: add\n        path: ${typed}`, target);
    expect((await checkEmbedded(path("/spec/template/█"))).labels).toEqual([
      "/spec/template/metadata",
      "/spec/template/spec",
    ]);
    const containers = await checkEmbedded(path("/spec/template/spec/containers/█"));
    expect(containers.labels).toContain("/spec/template/spec/containers/0");
    const first = await checkEmbedded(
      path("/spec/template/spec/containers/0/█"),
      "/spec/template/spec/containers/0/image",
    );
    expect(first.line).toBe("        path: /spec/template/spec/containers/0/image");
  });

  test("in a Flux Kustomization and in the post renderers of a release", async () => {
    const inline = (kind: string, api: string, before: string) => `
#- a.yaml
apiVersion: ${api}.toolkit.fluxcd.io/${kind === "HelmRelease" ? "v2" : "v1"}
kind: ${kind}
spec:
${before}- patch: |
              - █`;
    const flux = await checkEmbedded(inline("Kustomization", "kustomize", "  patches:\n    "));
    const helm = await checkEmbedded(
      inline(
        "HelmRelease",
        "helm",
        "  postRenderers:\n    - kustomize:\n        patches:\n          ",
      ),
    );
    expect(flux.labels).toEqual(["op", "path", "from", "value"].toSorted(byRequired));
    expect(helm.labels).toEqual(flux.labels);
  });
});

/** `op` and `path` are required. */
function byRequired(a: string, b: string): number {
  const order = ["op", "path", "value", "from"];
  return order.indexOf(a) - order.indexOf(b);
}

describe("objects", () => {
  const set = (template: string) => `
#- a.yaml
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata:
  name: apps
  namespace: flux-system
spec:
  resourcesTemplate: |
${template}`;

  test("each document of a template has its own kind", async () => {
    const { labels } = await checkEmbedded(
      set(
        "    apiVersion: v1\n    kind: Namespace\n    ---\n    apiVersion: v1\n    kind: Service\n    spec:\n      █",
      ),
    );
    expect(labels).toContain("clusterIP");
  });

  test("names in a template", async () => {
    const { labels } = await checkEmbedded(
      `${set(
        "    apiVersion: kustomize.toolkit.fluxcd.io/v1\n    kind: Kustomization\n    spec:\n      sourceRef:\n        kind: GitRepository\n        name: █",
      )}
#- b.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: fleet
  namespace: flux-system`,
    );
    expect(labels).toEqual(["fleet"]);
  });

  test("a manifest in a ConfigMap, and nothing in a text that is none", async () => {
    const data = (key: string) =>
      `\n#- a.yaml\napiVersion: v1\nkind: ConfigMap\ndata:\n  ${key}: |\n    apiVersion: v1\n    kind: Service\n    spec:\n      █`;
    expect((await checkEmbedded(data("service.yaml"))).labels).toContain("clusterIP");
    expect((await checkEmbedded(data("notes.txt"))).labels).toEqual([]);
  });

  test("an empty block, and the line behind a block", async () => {
    const empty = await checkEmbedded(set("    █"));
    expect(empty.labels).toContain("Kustomization");
    const behind = await checkEmbedded(set("    kind: Service\n  █"));
    expect(behind.labels).toContain("dependsOn");
  });
});
