/** Risks that somebody has looked at: by annotation, by comment, by setting. They stay in the plan and say so. */
import { describe, expect, it } from "vitest";

import { withRiskSettings } from "#simulator";
import { line, treeOf, useRisks } from "./check-risks.ts";

const { risks, plan } = useRisks();

const claim = (annotations: string): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: apps, annotations: ${annotations} }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;
const deployment = (replicas: number, comment = ""): string => `${comment}apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: apps }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } }
`;

function pruned(annotations: string): Promise<readonly string[]> {
  return risks(treeOf({ "apps/it.yaml": claim(annotations) }), { "apps/it.yaml": undefined });
}

describe("an annotation", () => {
  const silenced = ["high data-loss PersistentVolumeClaim/data (annotation)"];

  it.each(["data-loss", "risk/data-loss", "replicas-zero, data-loss", "risk/*", "*"])(
    "with %s silences on the object, as it was",
    async (codes) => expect(await pruned(`{ sluice/allow-risk: "${codes}" }`)).toEqual(silenced),
  );

  it("for something else silences nothing", async () => {
    const loud = ["high data-loss PersistentVolumeClaim/data"];
    expect(await pruned("{ sluice/allow-risk: replicas-zero }")).toEqual(loud);
    expect(await pruned('{ sluice/allow-risk: "" }')).toEqual(loud);
    expect(await pruned("{ other/allow-risk: data-loss }")).toEqual(loud);
  });

  it.each([
    ["an applier", "cluster/apps.yaml", "Kustomization\nmetadata:\n"],
    ["an applier above it", "cluster/flux-system/gotk-sync.yaml", "Kustomization\nmetadata:\n"],
  ])("on %s silences what is below", async (_, path, head) => {
    const before = treeOf({ "apps/it.yaml": claim("{}") });
    const text = new TextDecoder().decode(before.files.get(path)?.bytes);
    const annotation = `${head}  annotations: { sluice/allow-risk: data-loss }\n`;
    expect(text).toContain(head);
    const allowed = text.replace(head, annotation);
    expect(await risks(before, { "apps/it.yaml": undefined, [path]: allowed })).toEqual(silenced);
  });
});

describe("a comment", () => {
  const before = treeOf({ "apps/it.yaml": deployment(1) });
  const after = (comment: string): Promise<readonly string[]> =>
    risks(before, { "apps/it.yaml": deployment(0, comment) });
  const loud = ["medium replicas-zero Deployment/web"];

  it("silences above the object, inside of it, and for a whole file", async () => {
    const silenced = ["medium replicas-zero Deployment/web (comment)"];
    expect(await after("# sluice-ignore risk/replicas-zero\n")).toEqual(silenced);
    expect(await after("# sluice-ignore\n")).toEqual(silenced);
    expect(await after("# sluice-ignore-file risk/*\n\n# about\n\n")).toEqual(silenced);
    const inside = deployment(0).replace(
      "replicas: 0",
      "replicas: 0 # sluice-ignore risk/replicas-zero",
    );
    expect(await risks(before, { "apps/it.yaml": inside })).toEqual(silenced);
  });

  it("for something else, or elsewhere, silences nothing", async () => {
    expect(await after("# sluice-ignore flux/suspended\n")).toEqual(loud);
    expect(await after("# sluice-ignore risk/replicas-zero\n\n\n")).toEqual(loud);
  });
});

describe("a setting", () => {
  it("makes risks louder, quieter or silent, and sorts them anew", async () => {
    const before = treeOf({ "apps/it.yaml": claim("{}"), "apps/web.yaml": deployment(1) });
    const found = await plan(before, { "apps/it.yaml": undefined, "apps/web.yaml": deployment(0) });
    const lines = (settings: Parameters<typeof withRiskSettings>[1]): readonly string[] =>
      (withRiskSettings(found, settings).risks ?? []).map(line);
    expect(lines({})).toEqual([
      "high data-loss PersistentVolumeClaim/data",
      "medium replicas-zero Deployment/web",
    ]);
    expect(lines({ "risk/data-loss": "low", "risk/replicas-zero": "high" })).toEqual([
      "high replicas-zero Deployment/web",
      "low data-loss PersistentVolumeClaim/data",
    ]);
    expect(lines({ "risk/*": "off", "risk/replicas-zero": "low" })).toEqual([
      "high data-loss PersistentVolumeClaim/data (setting)",
      "low replicas-zero Deployment/web",
    ]);
  });
});
