/** What a push would change: created, changed, deleted, moved, kept; and what a failure must never look like. */
import { describe, expect, it } from "vitest";

import type { FileTree, Plan } from "#simulator";
import { configMap, gotkSync, kustomization } from "../../support/flux.ts";
import { edited, fixture } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";

const bench = useSimulator();

const base = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- cluster/other.yaml
${kustomization("other", "./other")}
#- apps/one.yaml
${configMap("one", "1")}
#- apps/two.yaml
${configMap("two", "2")}
#- other/three.yaml
${configMap("three", "3")}
`);

/** `applier: kind Kind/name` of every change, with the fields that changed. */
function lines(plan: Plan): readonly string[] {
  return plan.clusters.flatMap(({ appliers }) =>
    appliers.flatMap(({ applier, changes }) =>
      changes.map(({ kind, ref, fields, kept, from }) => {
        const details = fields.map(
          (field) => `${field.path} ${field.before ?? ""}→${field.after ?? ""}`,
        );
        const source = from === undefined ? "" : ` from ${from.split("/").at(-1) ?? ""}`;
        return `${applier.ref.name}: ${kind} ${ref.kind}/${ref.name}${source}${kept === undefined ? "" : ` (${kept})`} ${details.join(", ")}`.trim();
      }),
    ),
  );
}

async function plan(target: FileTree, from = base): Promise<readonly string[]> {
  return lines(await bench.plan(from, target));
}

describe("plan", () => {
  it("is empty between a tree and itself", async () => {
    const found = await bench.plan(base, edited(base, {}));
    expect(lines(found)).toEqual([]);
    expect(found.problems).toEqual([]);
    expect(found.counts).toEqual({
      created: 0,
      changed: 0,
      deleted: 0,
      moved: 0,
      orphaned: 0,
      errors: 0,
      warnings: 0,
    });
  });

  it("shows a changed field with both values and the place it is written", async () => {
    const found = await bench.plan(
      base,
      edited(base, { "apps/one.yaml": configMap("one", "changed") }),
    );
    expect(lines(found)).toEqual(['apps: changed ConfigMap/one /data/key "1"→"changed"']);
    expect(found.clusters[0]?.appliers.flatMap(({ changes }) => changes)[0]?.origin).toEqual({
      path: "apps/one.yaml",
      line: 1,
    });
  });

  it("shows the lines of a text that differ, and the end of long values that begin alike", async () => {
    const text = (last: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: text, namespace: default }\ndata:\n  a.ini: |\n    one\n    two\n    ${last}\n  long: ${"x".repeat(400)}${last}\n`;
    const found = await bench.plan(
      edited(base, { "apps/text.yaml": text("old") }),
      edited(base, { "apps/text.yaml": text("new") }),
    );
    const [file, long] =
      found.clusters[0]?.appliers.flatMap(({ changes }) => changes)[0]?.fields ?? [];
    expect(file?.lines).toEqual([" one", " two", "-old", "+new", " "]);
    expect(long?.lines).toBeUndefined();
    expect([long?.before, long?.after]).toEqual([
      `…${"x".repeat(60)}old"`,
      `…${"x".repeat(60)}new"`,
    ]);
  });

  it("shows no lines of a Secret", async () => {
    const secret = (last: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: text, namespace: default }\nstringData:\n  a.ini: |\n    one\n    ${last}\n`;
    const found = await bench.plan(
      edited(base, { "apps/text.yaml": secret("hunter2") }),
      edited(base, { "apps/text.yaml": secret("hunter3") }),
    );
    expect(found.counts.changed).toBe(1);
    expect(JSON.stringify(found)).not.toMatch(/hunter|"lines"/);
  });

  it("creates and deletes by prune", async () => {
    expect(
      await plan(
        edited(base, { "apps/new.yaml": configMap("new", "n"), "apps/two.yaml": undefined }),
      ),
    ).toEqual(["apps: created ConfigMap/new", "apps: deleted ConfigMap/two"]);
  });

  it("keeps what prune would not delete, and says why", async () => {
    const off = {
      "cluster/apps.yaml": kustomization("apps", "./apps", "  prune: false"),
      "apps/two.yaml": undefined,
    };
    expect(
      await plan(
        edited(base, off),
        edited(base, { "cluster/apps.yaml": off["cluster/apps.yaml"] }),
      ),
    ).toEqual(["apps: orphaned ConfigMap/two (prune is off)"]);
    const annotation = "  annotations:\n    kustomize.toolkit.fluxcd.io/prune: Disabled\n";
    const annotated = edited(base, { "apps/two.yaml": configMap("two", "2", annotation) });
    expect(await plan(edited(base, { "apps/two.yaml": undefined }), annotated)).toMatchObject([
      /orphaned ConfigMap\/two .*annotation/,
    ]);
  });

  it("recognises an object that moves to another Kustomization", async () => {
    expect(
      await plan(
        edited(base, { "apps/two.yaml": undefined, "other/two.yaml": configMap("two", "2") }),
      ),
    ).toEqual(["other: moved ConfigMap/two from apps"]);
  });

  it("deletes what a removed Kustomization owned, as its deletionPolicy says", async () => {
    const gone = { "cluster/other.yaml": undefined };
    expect(await plan(edited(base, gone))).toEqual([
      "flux-system: deleted Kustomization/other",
      "other: deleted ConfigMap/three",
    ]);
    const orphan = edited(base, {
      "cluster/other.yaml": kustomization("other", "./other", "  deletionPolicy: Orphan"),
    });
    expect(await plan(edited(orphan, gone), orphan)).toEqual([
      "flux-system: deleted Kustomization/other",
      "other: orphaned ConfigMap/three (its deletionPolicy is Orphan)",
    ]);
    const suspended = edited(base, {
      "cluster/other.yaml": kustomization("other", "./other", "  suspend: true"),
    });
    expect(await plan(edited(suspended, gone), suspended)).toMatchObject([
      "flux-system: deleted Kustomization/other",
      /orphaned ConfigMap\/three \(a suspended/,
    ]);
  });

  it("never takes a failed render for a mass deletion", async () => {
    const found = await bench.plan(
      base,
      edited(base, { "apps/one.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n" }),
    );
    expect(lines(found)).toEqual([]);
    expect(found.problems).toMatchObject([
      { code: "build-failed", severity: "error", place: { path: "apps/one.yaml" } },
    ]);
    const root = await bench.plan(
      base,
      edited(base, { "cluster/kustomization.yaml": "resources: [nothing.yaml]\n" }),
    );
    expect(lines(root)).toEqual([]);
    expect(root.counts.errors).toBe(1);
  });

  it("never takes what a failed render hid before for something new", async () => {
    const broken = edited(base, {
      "cluster/kustomization.yaml": "resources: [apps.yaml, missing.yaml]",
    });
    expect(await plan(base, broken)).toEqual([]);
    const fewer = edited(base, { "cluster/other.yaml": undefined });
    expect(await plan(base, fewer)).toContain("other: created ConfigMap/three");
  });

  it("says nothing about objects of a suspended Kustomization", async () => {
    const suspended = edited(base, {
      "cluster/apps.yaml": kustomization("apps", "./apps", "  suspend: true"),
    });
    expect(
      await plan(edited(suspended, { "apps/one.yaml": configMap("one", "x") }), suspended),
    ).toEqual([]);
  });

  it("leaves out what only Flux itself is told about", async () => {
    expect(
      await plan(
        edited(base, { "cluster/apps.yaml": kustomization("apps", "./apps", "  timeout: 5m") }),
      ),
    ).toEqual(['flux-system: changed Kustomization/apps /spec/timeout →"5m"']);
  });

  it("marks problems that the base has as well", async () => {
    const broken = edited(base, { "other/three.yaml": "kind: [\n" });
    const found = await bench.plan(
      broken,
      edited(broken, { "apps/one.yaml": configMap("one", "x") }),
    );
    expect(found.problems).toHaveLength(1);
    expect(found.oldProblems).toHaveLength(1);
  });

  it("shows digests, never values, of Secrets and of what came from them", async () => {
    const secret = (value: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: vars\n  namespace: flux-system\nstringData:\n  PASSWORD: ${value}\n`;
    const using = edited(base, {
      "cluster/apps.yaml": kustomization(
        "apps",
        "./apps",
        "  postBuild:\n    substituteFrom:\n      - {kind: Secret, name: vars}",
      ),
      "apps/one.yaml": configMap("one", "postgres://me:${PASSWORD}@db"),
      "other/secret.yaml": secret("hunter2-before"),
    });
    const found = await bench.plan(
      using,
      edited(using, { "other/secret.yaml": secret("hunter2-after") }),
    );
    expect(lines(found).map((line) => line.split(" ").slice(0, 4).join(" "))).toEqual([
      "apps: changed ConfigMap/one /data/key",
      "other: changed Secret/vars /data/PASSWORD",
    ]);
    expect(JSON.stringify(found)).not.toMatch(/hunter2|aHVudGVyMi/);
    expect(JSON.stringify(found)).toMatch(/secret-[0-9a-f]{12}/);
    const target = await bench.simulate(
      edited(using, { "other/secret.yaml": secret("hunter2-after") }),
    );
    const text = await bench.simulator.objectText(
      target,
      "cluster|Kustomization/flux-system/other",
      "v1/Secret/flux-system/vars",
    );
    expect(text).toMatch(/PASSWORD: secret-[0-9a-f]{12}/);
    expect(text).not.toMatch(/hunter2|aHVudGVyMi/);
  });
});
