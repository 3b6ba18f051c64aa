/** kustomization.yaml files that go in circles, climb out of the repository, want to run programs, or are of the wrong types. */
import { expect, it } from "vitest";

import { configMap } from "../../support/flux.ts";
import { useSimulator } from "../../support/simulator.ts";
import { besideInnocent, checkSideBySide } from "./side-by-side.ts";
import type { HostileCase } from "./side-by-side.ts";
import { kustomization } from "../../support/flux.ts";

const cm = configMap("a", "1");
const outside = "../../../../../etc/passwd";
const built = (kustomization: string, more: Readonly<Record<string, string>> = {}) => ({
  "kustomization.yaml": kustomization,
  "cm.yaml": cm,
  ...more,
});
const withCm = (lines: string, more?: Readonly<Record<string, string>>) =>
  built(`resources: [cm.yaml]\n${lines}\n`, more);
const bad = (line?: number) => [
  "failed",
  `error build-failed ./kustomization.yaml${line === undefined ? "" : `:${line}`}`,
];
const component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";

const circles: readonly HostileCase[] = [
  { name: "includes its own folder", files: built("resources: [.]\n"), expected: bad() },
  {
    name: "includes its own file",
    files: built("resources: [kustomization.yaml]\n"),
    expected: bad(1),
  },
  {
    name: "a circle of two",
    files: {
      "kustomization.yaml": "resources: [a]\n",
      "a/kustomization.yaml": "resources: [../b]\n",
      "b/kustomization.yaml": "resources: [../a]\n",
    },
    expected: bad(),
  },
  {
    name: "a child that includes its parent",
    files: {
      "kustomization.yaml": "resources: [a]\n",
      "a/kustomization.yaml": "resources: [..]\n",
    },
    expected: bad(),
  },
  {
    name: "components that include each other",
    files: {
      "kustomization.yaml": "components: [a]\n",
      "a/kustomization.yaml": `${component}components: [../b]\n`,
      "b/kustomization.yaml": `${component}components: [../a]\n`,
    },
    expected: bad(),
  },
];

const escapes: readonly HostileCase[] = [
  { name: "a resource outside", files: built(`resources: [${outside}]\n`), expected: bad(1) },
  { name: "an absolute resource", files: built("resources: [/etc/passwd]\n"), expected: bad(1) },
  { name: "a folder outside", files: built("resources: [../../../..]\n"), expected: bad(1) },
  {
    name: "another artifact beside this one",
    files: built("resources: [../../kustomization-2/secret.yaml]\n"),
    expected: bad(1),
  },
  { name: "a component outside", files: built("components: [../../../etc]\n"), expected: bad(1) },
  { name: "a patch outside", files: withCm(`patches: [{path: ${outside}}]`), expected: bad(2) },
  {
    name: "a strategic merge patch outside",
    files: withCm(`patchesStrategicMerge: [${outside}]`),
    expected: bad(2),
  },
  {
    name: "a JSON patch outside",
    files: withCm(
      "patchesJson6902: [{path: /etc/passwd, target: {version: v1, kind: ConfigMap, name: a}}]",
    ),
    expected: bad(2),
  },
  {
    name: "a file of a ConfigMap outside",
    files: withCm(`configMapGenerator: [{name: p, files: [${outside}]}]`),
    expected: bad(2),
  },
  {
    name: "the environment of the process",
    files: withCm("configMapGenerator: [{name: p, envs: [/proc/self/environ]}]"),
    expected: bad(2),
  },
  {
    name: "a file of a Secret outside",
    files: withCm("secretGenerator: [{name: p, files: [x=../../../../etc/shadow]}]"),
    expected: bad(2),
  },
  {
    name: "replacements outside",
    files: withCm(`replacements: [{path: ${outside}}]`),
    expected: bad(2),
  },
  { name: "CRDs outside", files: withCm(`crds: [${outside}]`), expected: bad(2) },
  { name: "a schema outside", files: withCm(`openapi: {path: ${outside}}`), expected: bad(2) },
  {
    name: "configurations outside",
    files: withCm(`configurations: [${outside}]`),
    expected: bad(2),
  },
  { name: "transformers outside", files: withCm(`transformers: [${outside}]`), expected: bad(2) },
  { name: "generators outside", files: withCm("generators: [/etc/passwd]"), expected: bad(2) },
  {
    name: "spec.components outside",
    files: { "cm.yaml": cm },
    spec: "  components: [../../../../etc]\n",
    expected: ["failed", "error build-failed cluster/case.yaml:1"],
  },
  {
    name: "absolute spec.components",
    files: { "cm.yaml": cm },
    spec: "  components: [/etc]\n",
    expected: ["failed", "error build-failed cluster/case.yaml:1"],
  },
  {
    name: "spec.components on a server",
    files: { "cm.yaml": cm },
    spec: "  components: ['https://example.test/x']\n",
    expected: ["failed", "error build-failed cluster/case.yaml:1"],
  },
];

const evil = (config: string) => ({
  "f.yaml": `apiVersion: example.test/v1\nkind: Evil\nmetadata:\n  name: f\n  annotations:\n    config.kubernetes.io/function: |\n      ${config}\n`,
});
const programs: readonly HostileCase[] = [
  {
    name: "a function in a container",
    files: withCm("transformers: [f.yaml]", evil("container: {image: evil}")),
    expected: bad(),
  },
  {
    name: "a function that is a program",
    files: withCm("transformers: [f.yaml]", evil("exec: {path: /bin/sh}")),
    expected: bad(),
  },
  {
    name: "a generator plugin",
    files: withCm("generators: [f.yaml]", evil("exec: {path: /bin/sh}")),
    expected: bad(),
  },
  {
    name: "a validator plugin",
    files: withCm("validators: [f.yaml]", evil("exec: {path: /bin/sh}")),
    expected: bad(),
  },
  {
    name: "Helm charts",
    files: withCm("helmCharts: [{name: a, repo: 'https://example.test', version: '1'}]"),
    expected: bad(),
  },
  {
    name: "the built-in Helm generator",
    files: withCm("generators: [f.yaml]", {
      "f.yaml":
        "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: f}\nname: x\n",
    }),
    expected: bad(),
  },
];

const types: readonly HostileCase[] = [
  { name: "patches that are a text", files: withCm("patches: hello"), expected: bad(2) },
  { name: "patches that are numbers", files: withCm("patches: [1, 2]"), expected: bad(2) },
  { name: "resources that are a map", files: built("resources: {a: b}\n"), expected: bad(1) },
  {
    name: "resources that are no texts",
    files: built("resources: [1, null, true]\n"),
    expected: bad(),
  },
  { name: "an empty resource", files: built("resources: ['']\n"), expected: bad() },
  {
    name: "a resource that is not there",
    files: built("resources: [nope.yaml]\n"),
    expected: bad(1),
  },
  {
    name: "a replica count beyond 64 bits",
    files: withCm("replicas: [{name: a, count: 99999999999999999999}]"),
    expected: bad(2),
  },
  { name: "a list as kustomization file", files: built("- a\n- b\n"), expected: bad() },
  { name: "a text as kustomization file", files: built("hello\n"), expected: bad() },
  {
    name: "a kustomization file that is not closed",
    files: built("resources: [cm.yaml\n"),
    expected: bad(1),
  },
  {
    name: "a kustomization file of another kind",
    files: built("kind: Deployment\napiVersion: apps/v1\n"),
    expected: bad(),
  },
  {
    name: "two kustomization files",
    files: withCm("", { "kustomization.yml": "resources: [cm.yaml]\n" }),
    expected: bad(),
  },
  {
    name: "a pattern that is none",
    files: withCm(
      'patches: [{target: {name: \'(\'}, patch: \'[{"op": "add", "path": "/x", "value": 1}]\'}]',
    ),
    expected: bad(),
  },
  {
    name: "a pattern that backtracking engines never finish",
    files: withCm(
      'patches: [{target: {name: \'(a+)+(a+)+(a+)+$\'}, patch: \'[{"op": "add", "path": "/x", "value": 1}]\'}]',
    ),
    expected: ["ready"],
    objects: 1,
  },
  {
    name: "a pattern that repeats 10^8 times",
    files: withCm(
      'patches: [{target: {name: \'((((a{1,100}){1,100}){1,100}){1,100})\'}, patch: \'[{"op": "add", "path": "/x", "value": 1}]\'}]',
    ),
    expected: bad(),
  },
];

checkSideBySide([...circles, ...escapes, ...programs, ...types]);

const bench = useSimulator();

it("keeps spec.path inside the artifact", async () => {
  const tree = besideInnocent({
    "cluster/up.yaml": kustomization("up", "../../../../good"),
    "cluster/etc.yaml": kustomization("etc", "../../../etc"),
  });
  const { appliers } = await bench.simulate(tree);
  expect(appliers.map(({ ref, path, state, objects }) => [ref.name, path, state, objects])).toEqual(
    [
      ["flux-system", "cluster", "ready", 5],
      ["etc", "etc", "failed", 0],
      ["good", "good", "ready", 1],
      ["up", "good", "ready", 1],
    ],
  );
});
