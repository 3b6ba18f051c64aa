/** What a plan says of Helm releases and of owners anyway, said as risks; each beside a change that is none. */
import { describe, expect, it } from "vitest";

import { configMap } from "../../../support/flux.ts";
import { edited } from "../../../support/fixture.ts";
import { treeOf, useRisks } from "./check-risks.ts";

const { risks } = useRisks();

const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: flux-system }
spec:
  interval: 1h
  chart: { spec: { chart: ./charts/web, sourceRef: { kind: GitRepository, name: flux-system } } }
  values: { port: 80 }
`;

const chart = (version: string, values: string): Readonly<Record<string, string>> => ({
  "charts/web/Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\n`,
  "charts/web/values.yaml": values,
  "charts/web/templates/it.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: '{{ .Release.Name }}' }\ndata: { all: '{{ toJson .Values | b64enc }}' }\n",
});

const before = treeOf({ ...chart("1.1.0", "port: 1\n"), "apps/release.yaml": release });

describe("a release", () => {
  it("is a risk with another name, and none with another value", async () => {
    expect(
      await risks(before, { "apps/release.yaml": `${release}  releaseName: other\n` }),
    ).toEqual(["high release-replaced HelmRelease/web"]);
    expect(await risks(before, { "apps/release.yaml": release.replace("80", "81") })).toEqual([]);
  });

  it("is a risk when the chart forgets a value, and none when it gets more of them", async () => {
    expect(await risks(before, chart("1.2.0", "host: web\n"))).toEqual([
      "medium chart-values HelmRelease/web",
    ]);
    expect(await risks(before, chart("1.2.0", "port: 1\nhost: web\n"))).toEqual([]);
  });

  it("is a risk when its chart goes back, and none when it goes on", async () => {
    expect(await risks(before, chart("1.0.9", "port: 1\n"))).toEqual([
      "medium version-backwards HelmRelease/web",
    ]);
    expect(await risks(before, chart("1.10.0", "port: 1\n"))).toEqual([]);
  });
});

describe("a Job of a release", () => {
  const job = (image: string, annotations: string): Readonly<Record<string, string>> => ({
    "charts/web/templates/job.yaml": `apiVersion: batch/v1
kind: Job
metadata: { name: migrate, annotations: ${annotations} }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: "${image}" }] } } }
`,
  });

  it("is a risk when its template changes, and none when Helm deletes it first", async () => {
    const hook = '{ "helm.sh/hook": "pre-install,pre-upgrade" }';
    const plain = edited(before, job("a:1", "{}"));
    expect(await risks(plain, job("a:2", "{}"))).toEqual(["high immutable-field Job/migrate"]);
    const hooked = edited(before, job("a:1", hook));
    expect(await risks(hooked, job("a:2", hook))).toEqual([]);
  });
});

describe("an object", () => {
  it("is a risk when a second owner comes, and none when there were two before", async () => {
    const owned = treeOf({ "apps/it.yaml": configMap("one", "1") });
    const both = { "other/it.yaml": configMap("one", "1") };
    expect(await risks(owned, both)).toEqual(["medium two-owners ConfigMap/one"]);
    const already = edited(owned, both);
    expect(await risks(already, { "other/new.yaml": configMap("two", "1") })).toEqual([]);
  });
});
