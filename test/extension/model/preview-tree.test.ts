/** What the Preview contains for a plan, and what it draws again. */
import { expect, test } from "vitest";

import type { Plan } from "#simulator";

import { statusText } from "../../../extension/model/overview.ts";
import { planMarkdown } from "../../../extension/model/plan-markdown.ts";
import type { PreviewTree } from "../../../extension/model/preview-node.ts";
import { inOrder, placeName } from "../../../extension/model/preview-node.ts";
import { referenceOf } from "../../../extension/model/reference.ts";
import type { PreviewFilter } from "../../../extension/model/preview-tree.ts";
import { changedNodes, emptyTree, previewTree } from "../../../extension/model/preview-tree.ts";
import { applier, change, folder, plan, problem, viewsOf } from "./plan-builder.ts";

const mixed = plan([
  applier("apps", {
    changes: [
      change("changed", "Deployment apps/podinfo", {
        fields: [{ path: "/spec/replicas", kind: "changed", before: "1", after: "2" }],
        origin: { path: "apps/podinfo.yaml", line: 4 },
      }),
      change("deleted", "Namespace old"),
    ],
  }),
  applier("broken", {
    problems: [
      problem("no such file\nreally", { place: { path: "broken/kustomization.yaml", line: 2 } }),
    ],
    record: { state: "failed" },
  }),
  applier("quiet"),
]);

/** The tree as indented lines: label (description) [contextValue]. */
function drawn(tree: PreviewTree): string {
  const lines = (id: string, indent: string): readonly string[] => {
    const node = tree.nodes.get(id);
    if (!node) return [`${indent}missing ${id}`];
    const own = `${indent}${node.label} (${node.description}) [${node.contextValue}]`;
    return [own, ...node.children.flatMap((child) => lines(child, `${indent}  `))];
  };
  return tree.roots.flatMap((id) => lines(id, "")).join("\n");
}

function checkTree(given: readonly Plan[], filter: PreviewFilter): string {
  return drawn(previewTree(viewsOf(...given), filter));
}

test("changes and problems stand under their Kustomization; quiet ones are hidden", () => {
  expect(checkTree([mixed], "changes")).toMatchInlineSnapshot(`
    "production (2 changes, 1 problem) [sluice:cluster]
      apps (2 changes · Kustomization flux-system) [sluice:applier+rendered]
        Deployment podinfo (apps · 1 field) [sluice:change+diff+rendered+source]
        Namespace old (deleted by prune) [sluice:change+diff]
      broken (fails · 1 problem · Kustomization flux-system) [sluice:applier+rendered]
        no such file really (broken/kustomization.yaml:2) [sluice:problem+source]"
  `);
});

test("only problems", () => {
  expect(checkTree([mixed], "problems")).toMatchInlineSnapshot(`
    "production (2 changes, 1 problem) [sluice:cluster]
      broken (fails · 1 problem · Kustomization flux-system) [sluice:applier+rendered]
        no such file really (broken/kustomization.yaml:2) [sluice:problem+source]"
  `);
});

test("a release stands below the Kustomization that applies it, with its chart and its values", () => {
  const helmRelease = {
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    namespace: "apps",
    name: "podinfo",
  };
  const release = applier("podinfo", {
    changes: [change("changed", "Deployment apps/podinfo")],
    chart: {
      before: { name: "podinfo", version: "6.1.0" },
      after: { name: "podinfo", version: "6.2.0" },
      unknownValues: [],
    },
    record: {
      ref: helmRelease,
      parent: applier("apps").applier.id,
      release: { namespace: "apps", name: "podinfo" },
      chart: { name: "podinfo", version: "6.2.0" },
    },
  });
  const given = plan([applier("apps"), release]);
  expect(inOrder(previewTree(viewsOf(given), "changes"))[2]?.accessibleLabel).toBe(
    "HelmRelease podinfo in apps, ready, podinfo 6.1.0 → 6.2.0, 1 change",
  );
  expect(checkTree([given], "changes")).toMatchInlineSnapshot(`
    "production (1 change) [sluice:cluster]
      apps (Kustomization flux-system) [sluice:applier+rendered]
        podinfo (podinfo 6.1.0 → 6.2.0 · 1 change · HelmRelease apps) [sluice:applier+rendered+values]
          Deployment podinfo (apps · 0 fields) [sluice:change+diff+rendered]"
  `);
});

test("risks stand under their applier, the problem that says the same does not, and silenced ones are hidden", () => {
  const { id } = applier("apps").applier;
  const message = "PersistentVolumeClaim apps/data is deleted, and its volume with it";
  const owned = {
    severity: "high",
    applier: id,
    docs: "docs/risks/README.md#riskdata-loss",
  } as const;
  const given = plan([applier("apps", { problems: [problem(message)] })], {
    risks: [
      {
        ...owned,
        code: "risk/data-loss",
        message,
        suppressible: true,
        place: { path: "a.yaml", line: 3 },
      },
      {
        ...owned,
        code: "risk/webhook-fail",
        message: "seen",
        suppressible: true,
        suppressed: "comment",
      },
    ],
  });
  expect(checkTree([given], "changes")).toMatchInlineSnapshot(`
    "production (1 risk) [sluice:cluster]
      apps (1 risk · Kustomization flux-system) [sluice:applier+rendered]
        High risk: PersistentVolumeClaim apps/data is deleted, and its volume with it (a.yaml:3) [sluice:risk+source]"
  `);
  const views = viewsOf(given);
  expect(statusText(views)?.accessibleLabel).toBe("Sluice: 0 changes, 1 risk, 1 problem");
  expect(planMarkdown(given)).toContain("**High risk**: PersistentVolumeClaim apps/data");
});

test("many risks of one kind are one matter", () => {
  const { id } = applier("apps").applier;
  const risks = Array.from({ length: 9 }, (_, index) => ({
    code: "risk/data-loss" as const,
    severity: "high" as const,
    applier: id,
    docs: "docs/risks/README.md#riskdata-loss",
    message: `claim ${index} goes`,
    suppressible: true,
  }));
  const lines = checkTree([plan([applier("apps")], { risks })], "changes").split("\n");
  expect(lines).toHaveLength(7);
  expect(lines.at(-1)?.trim()).toBe("High risk: claim 4 goes (and 4 more like it) [sluice:risk]");
});

test("an applier that changes names those that wait for it, through others too", () => {
  const apps = applier("apps", { changes: [change("created", "ConfigMap apps/a")] });
  const after = (name: string, ...others: readonly string[]) =>
    applier(name, { record: { dependsOn: others.map((other) => applier(other).applier.id) } });
  const given = plan([apps, after("shop", "apps"), after("search", "shop"), applier("alone")]);
  const { nodes } = previewTree(viewsOf(given), "everything");
  const tooltip = (label: string): string =>
    [...nodes.values()].find((node) => node.label === label)?.tooltip ?? "";
  expect(tooltip("apps")).toContain(
    "| Wait for it | `Kustomization flux-system/shop, Kustomization flux-system/search` |",
  );
  expect(tooltip("shop")).not.toContain("Wait for it");
});

test("what a cluster adds to a change is told in words", () => {
  const live = plan([
    applier("apps", {
      changes: [
        change("changed", "Deployment apps/podinfo", {
          fields: [{ path: "/spec/replicas", kind: "changed", before: "1", after: "2" }],
          known: "structural",
          restarts: true,
          takesFrom: ["kubectl"],
          drift: [{ path: "/spec/paused", kind: "removed", before: "true" }],
          hook: ["pre-upgrade"],
        }),
        change("recreated", "Service apps/podinfo", { known: "dry-run" }),
      ],
    }),
  ]);
  expect(checkTree([live], "changes")).toMatchInlineSnapshot(`
    "production (2 changes) [sluice:cluster]
      apps (2 changes · Kustomization flux-system) [sluice:applier+rendered]
        Deployment podinfo (apps · 1 field · hook: pre-upgrade · restarts its pods · takes fields from kubectl · drifted in 1 field · compared without the API server) [sluice:change+diff+rendered]
        Service podinfo (apps · deleted and created again) [sluice:change+diff+rendered]"
  `);
});

test("nodes from top to bottom, each with the cluster that it stands in", () => {
  const tree = previewTree(viewsOf(mixed), "changes");
  const nodes = inOrder(tree);
  expect(nodes.map(({ label }) => label).slice(0, 3)).toEqual([
    "production",
    "apps",
    "Deployment podinfo",
  ]);
  expect(nodes).toHaveLength(tree.nodes.size);
  expect(new Set(nodes.map((node) => placeName(node, tree)))).toEqual(new Set(["production"]));
});

test("objects and appliers have a reference, as Flux writes it", () => {
  const nodes = inOrder(previewTree(viewsOf(mixed), "changes"));
  expect(nodes.map(({ label, target }) => [label, referenceOf(target)])).toEqual([
    ["production", undefined],
    ["apps", "Kustomization/flux-system/apps"],
    ["Deployment podinfo", "Deployment/apps/podinfo"],
    ["Namespace old", "Namespace/old"],
    ["broken", "Kustomization/flux-system/broken"],
    ["no such file really", undefined],
  ]);
});

test("everything shows quiet Kustomizations too", () => {
  expect(checkTree([mixed], "everything")).toContain(
    "  quiet (Kustomization flux-system) [sluice:applier+rendered]",
  );
});

test("without a base every Kustomization is shown, as nothing can have changed", () => {
  const { base: _base, ...rest } = plan([applier("quiet")]);
  expect(checkTree([rest], "changes")).toContain("quiet");
  expect(checkTree([plan([applier("quiet")])], "changes")).toBe("");
});

test("several folders have a level of their own, with readable names", () => {
  const lines = checkTree([mixed, mixed], "changes").split("\n");
  expect(lines.filter((line) => !line.startsWith(" "))).toEqual([
    "my repo (2 changes, 1 problem) [sluice:folder]",
    "my repo1 (2 changes, 1 problem) [sluice:folder]",
  ]);
});

test("a problem of no Kustomization stands at the top", () => {
  const loose = problem("bad yaml", { place: { path: "x.yaml" } });
  expect(checkTree([plan([], { problems: [loose] })], "changes")).toBe(
    "bad yaml (x.yaml) [sluice:problem+source]",
  );
});

test("every node has a parent that lists it, and words for a screen reader", () => {
  const { nodes, roots } = previewTree(viewsOf(mixed, mixed), "everything");
  for (const node of nodes.values()) {
    if (node.parent === undefined) expect(roots).toContain(node.id);
    else expect(nodes.get(node.parent)?.children).toContain(node.id);
    expect(node.accessibleLabel.length).toBeGreaterThan(5);
  }
});

test("what a screen reader says has everything that is shown", () => {
  const { nodes } = previewTree(viewsOf(mixed), "changes");
  const said = [...nodes.values()].map(({ accessibleLabel }) => accessibleLabel);
  expect(said).toContain("Deployment apps/podinfo, changed, 1 field");
  expect(said).toContain("Namespace old, deleted by prune");
  expect(said).toContain("Kustomization broken in flux-system, fails, 1 problem");
  expect(said).toContain("Error: no such file\nreally, broken/kustomization.yaml:2");
});

test("an applier for another cluster says which one, in every form", () => {
  const remote = "Secret flux-system/far";
  const item = applier("spoke", { record: { remote }, problems: [problem("odd")] });
  const { nodes } = previewTree(viewsOf(plan([item, applier("home")])), "everything");
  const node = [...nodes.values()].find(({ label }) => label === "spoke");
  expect(node?.description).toContain(`to the cluster of ${remote}`);
  expect(node?.accessibleLabel).toContain(`to the cluster of ${remote}`);
  expect(node?.tooltip).toContain(remote);
  const home = [...nodes.values()].find(({ label }) => label === "home");
  expect(JSON.stringify(home)).not.toContain("to the cluster");
});

test("ids stay when the plan is made again", () => {
  const again = structuredClone(mixed);
  expect([...previewTree(viewsOf(again), "changes").nodes.keys()]).toEqual([
    ...previewTree(viewsOf(mixed), "changes").nodes.keys(),
  ]);
});

test("only nodes that differ are drawn again, the highest of a branch for all below it", () => {
  const before = previewTree(viewsOf(mixed), "everything");
  const other = plan([
    ...mixed.clusters[0]!.appliers.slice(0, 2),
    applier("quiet", { record: { state: "suspended" } }),
  ]);
  const after = previewTree(viewsOf(other), "everything");
  expect(changedNodes(before, after)).toEqual([
    `${folder}|production|Kustomization/flux-system/quiet`,
  ]);
  expect(changedNodes(before, before)).toEqual([]);
  expect(changedNodes(emptyTree, after)).toBe("all");
});

test("text from the repository can't become Markdown in a tooltip", () => {
  const bad = plan([applier("apps", { problems: [problem("[click](command:evil) `x` | **b**")] })]);
  const { nodes } = previewTree(viewsOf(bad), "changes");
  const tooltip =
    [...nodes.values()].find(({ target }) => target.kind === "problem")?.tooltip ?? "";
  expect(tooltip).not.toContain("[click]");
  expect(tooltip).not.toContain("**b**");
});
