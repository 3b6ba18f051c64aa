import { it } from "vitest";
import { configMap, kustomization } from "../../support/flux.ts";
import { useSimulator } from "../../support/simulator.ts";
import { besideInnocent, verdict, goodText } from "./side-by-side.ts";
const bench = useSimulator();
const utf16 = (t: string) => new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(t, "utf16le")]));
const latin = (t: string) => new Uint8Array(Buffer.from(t, "latin1"));
const cm = configMap("a", "1");
const K = (t: string) => ({ "kustomization.yaml": t, "cm.yaml": cm });
const bomb = (n: number) => ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]", ...Array.from({ length: n }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(",")}]`)].join("\n");
const bombText = cm + bomb(9);
const diamond = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`d${i}/kustomization.yaml`, i === n - 1 ? "resources: [../cm.yaml]\n" : `components: [../d${i + 1}, ../d${i + 1}]\n`]));
const spec = (t: string) => `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x, namespace: flux-system}\nspec:\n  interval: 1h\n  prune: true\n  path: ./x\n  sourceRef: {kind: GitRepository, name: flux-system}\n${t}`;
const cases: Record<string, any> = {
  selfInclude: { files: K("resources: [.]\n") },
  selfInclude2: { files: K("resources: [../x]\n") },
  selfFile: { files: K("resources: [kustomization.yaml]\n") },
  cycle2: { files: { "kustomization.yaml": "resources: [a]\n", "a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n" } },
  childParent: { files: { "kustomization.yaml": "resources: [a]\n", "a/kustomization.yaml": "resources: [..]\n" } },
  componentCycle: { files: { "kustomization.yaml": "components: [a]\n", "a/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../b]\n", "b/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../a]\n" } },
  escapeRes: { files: K("resources: [../../../../../etc/passwd]\n") },
  escapeAbs: { files: K("resources: [/etc/passwd]\n") },
  escapeDir: { files: K("resources: [../../../..]\n") },
  escapeComp: { files: K("components: [../../../etc]\n") },
  escapePatch: { files: K("resources: [cm.yaml]\npatches: [{path: ../../../../etc/passwd}]\n") },
  escapePSM: { files: K("resources: [cm.yaml]\npatchesStrategicMerge: [../../../../etc/passwd]\n") },
  escapeJson: { files: K("resources: [cm.yaml]\npatchesJson6902: [{path: /etc/passwd, target: {version: v1, kind: ConfigMap, name: a}}]\n") },
  escapeCMG: { files: K("configMapGenerator: [{name: p, files: [../../../../etc/passwd]}]\n") },
  escapeCMGenv: { files: K("configMapGenerator: [{name: p, envs: [/proc/self/environ]}]\n") },
  escapeSG: { files: K("secretGenerator: [{name: p, files: [x=../../../../etc/shadow]}]\n") },
  escapeRepl: { files: K("resources: [cm.yaml]\nreplacements: [{path: ../../../../etc/passwd}]\n") },
  escapeCrds: { files: K("resources: [cm.yaml]\ncrds: [../../../../etc/passwd]\n") },
  escapeOpenapi: { files: K("resources: [cm.yaml]\nopenapi: {path: ../../../../etc/passwd}\n") },
  escapeConfigs: { files: K("resources: [cm.yaml]\nconfigurations: [../../../../etc/passwd]\n") },
  escapeTransformers: { files: K("resources: [cm.yaml]\ntransformers: [../../../../etc/passwd]\n") },
  escapeGenerators: { files: K("resources: [cm.yaml]\ngenerators: [/etc/passwd]\n") },
  escapeSpecPath: { files: { "cm.yaml": cm }, spec: "", ks: kustomization("x", "../../../../etc") },
  escapeSpecComp: { files: { "cm.yaml": cm }, spec: "  components: [../../../../etc]\n" },
  escapeSpecCompAbs: { files: { "cm.yaml": cm }, spec: "  components: [/etc]\n" },
  escapeSpecCompUrl: { files: { "cm.yaml": cm }, spec: "  components: [https://example.test/x]\n" },
  tmpOther: { files: K("resources: [../../kustomization-2/secret.yaml, ../../kustomize-1]\n") },
  funcContainer: { files: { ...K("resources: [cm.yaml]\ntransformers: [f.yaml]\n"), "f.yaml": "apiVersion: v1\nkind: Evil\nmetadata:\n  name: f\n  annotations:\n    config.kubernetes.io/function: |\n      container: {image: evil}\n" } },
  funcExec: { files: { ...K("resources: [cm.yaml]\ntransformers: [f.yaml]\n"), "f.yaml": "apiVersion: v1\nkind: Evil\nmetadata:\n  name: f\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: /bin/sh}\n" } },
  funcGen: { files: { ...K("resources: [cm.yaml]\ngenerators: [f.yaml]\n"), "f.yaml": "apiVersion: someteam.example.com/v1\nkind: ChartInflator\nmetadata: {name: f}\n" } },
  validators: { files: { ...K("resources: [cm.yaml]\nvalidators: [f.yaml]\n"), "f.yaml": "apiVersion: v1\nkind: Evil\nmetadata: {name: f}\n" } },
  helmCharts: { files: K("helmCharts: [{name: a, repo: 'https://example.test', version: '1'}]\n") },
  helmChartInflator: { files: K("helmChartInflationGenerator: [{chartName: a}]\n") },
  builtinHelm: { files: { ...K("generators: [f.yaml]\n"), "f.yaml": "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: f}\nname: x\nrepo: https://example.test\n" } },
  fileUrl: { files: K("resources: ['file:///etc/passwd']\n") },
  fileGit: { files: K("resources: ['file:///etc//x?ref=main']\n") },
  uploadPack: { files: K("resources: ['--upload-pack=touch /tmp/x']\n") },
  extTransport: { files: K("resources: ['git::ext::sh -c touch% /tmp/x']\n") },
  sshOpt: { files: K("resources: ['ssh://-oProxyCommand=touch/x//y?ref=main']\n") },
  refOpt: { files: K("resources: ['https://example.test/a/b.git//c?ref=--upload-pack=x']\n") },
  creds: { files: K("resources: ['https://user:hunter2@example.test/a/b.git//c?ref=main']\n") },
  credsHttp: { files: K("resources: ['https://user:hunter2@example.test/a.yaml']\n") },
  fanout: { files: { "kustomization.yaml": "resources: [cm.yaml]\ncomponents:\n" + Array.from({ length: 500 }, (_, i) => `  - c${i}`).join("\n") + "\n", "cm.yaml": cm, ...Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`c${i}/kustomization.yaml`, "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nlabels: [{pairs: {a" + i + ": b}}]\n"])) } },
  diamond: { files: { "kustomization.yaml": "resources: [cm.yaml]\ncomponents: [d0]\n", "cm.yaml": cm, ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`d${i}/kustomization.yaml`, "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n" + (i === 19 ? "labels: [{pairs: {a: b}}]\n" : `components: [../d${i + 1}, ../d${i + 1}]\n`)])) } },
  deepChain: { files: { "kustomization.yaml": "resources: [d0]\n", "cm.yaml": cm, ...Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`d${i}/kustomization.yaml`, i === 299 ? "resources: [../cm.yaml]\n" : `resources: [../d${i + 1}]\n`])) } },
  redos: { files: K("resources: [cm.yaml]\npatches: [{target: {name: '(a+)+(a+)+(a+)+$'}, patch: '[{op: add, path: /x, value: 1}]'}]\n") },
  badRegex: { files: K("resources: [cm.yaml]\npatches: [{target: {name: '('}, patch: '[{op: add, path: /x, value: 1}]'}]\n") },
  hugeRegex: { files: K("resources: [cm.yaml]\npatches: [{target: {name: '((((a{1,100}){1,100}){1,100}){1,100})'}, patch: '[{op: add, path: /x, value: 1}]'}]\n") },
  copyGrowth: { files: K("resources: [cm.yaml]\npatches: [{target: {name: a}, patch: '[" + Array.from({ length: 30 }, (_, i) => `{op: copy, from: /data, path: /data/k${i}}`).join(",") + "]'}]\n") },
  patchWrong: { files: K("resources: [cm.yaml]\npatches: hello\n") },
  patchNum: { files: K("resources: [cm.yaml]\npatches: [1, 2]\n") },
  unknownField: { files: K("resources: [cm.yaml]\nnonsense: 1\n") },
  kustList: { files: K("- a\n- b\n") },
  kustScalar: { files: K("hello\n") },
  kustEmpty: { files: K("") },
  kustMalformed: { files: K("resources: [cm.yaml\n") },
  kustWrongKind: { files: K("kind: Deployment\napiVersion: apps/v1\n") },
  kustTwo: { files: { ...K("resources: [cm.yaml]\n"), "kustomization.yml": "resources: [cm.yaml]\n" } },
  resourcesMap: { files: K("resources: {a: b}\n") },
  resourcesNum: { files: K("resources: [1, null, true]\n") },
  resourceMissing: { files: K("resources: [nope.yaml]\n") },
  resourceEmptyString: { files: K("resources: ['']\n") },
  replicas: { files: K("resources: [cm.yaml]\nreplicas: [{name: a, count: 99999999999999999999}]\n") },
  namePrefixLong: { files: K("resources: [cm.yaml]\nnamePrefix: " + "x".repeat(100000) + "\n") },
  replBlow: { files: K("resources: [cm.yaml]\nreplacements:\n" + Array.from({ length: 20 }, () => "  - source: {kind: ConfigMap, name: a, fieldPath: data}\n    targets: [{select: {kind: ConfigMap}, fieldPaths: [data.key], options: {create: true}}]\n").join("")) },
  confuseSource: { files: { "cm.yaml": cm }, ks: spec("").replace("sourceRef: {kind: GitRepository, name: flux-system}", "sourceRef: [a]") },
  confusePath: { files: { "cm.yaml": cm }, ks: spec("").replace("path: ./x", "path: [a]") },
  confuseSpec: { files: { "cm.yaml": cm }, ks: "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x, namespace: flux-system}\nspec: hello\n" },
  postBuildList: { files: { "cm.yaml": cm }, ks: spec("  postBuild: [a]\n") },
  postBuildStr: { files: { "cm.yaml": cm }, ks: spec("  postBuild: a\n") },
  substList: { files: { "cm.yaml": cm }, ks: spec("  postBuild: {substitute: [a]}\n") },
  substObj: { files: { "cm.yaml": cm }, ks: spec("  postBuild: {substitute: {a: {b: c}}}\n") },
  substNum: { files: { "cm.yaml": cm }, ks: spec("  postBuild: {substitute: {a: 1}}\n") },
  substFromStr: { files: { "cm.yaml": cm }, ks: spec("  postBuild: {substituteFrom: hello}\n") },
  substFromMixed: { files: { "cm.yaml": cm }, ks: spec("  postBuild: {substituteFrom: [1, {kind: Deployment, name: x}]}\n") },
  imagesMap: { files: { "cm.yaml": cm }, ks: spec("  images: {a: b}\n") },
  imagesNum: { files: { "cm.yaml": cm }, ks: spec("  images: [1]\n") },
  patchesStr: { files: { "cm.yaml": cm }, ks: spec("  patches: hello\n") },
  patchesItemStr: { files: { "cm.yaml": cm }, ks: spec("  patches: [hello]\n") },
  componentsStr: { files: { "cm.yaml": cm }, ks: spec("  components: hello\n") },
  commonMeta: { files: { "cm.yaml": cm }, ks: spec("  commonMetadata: [1]\n") },
  commonLabels: { files: { "cm.yaml": cm }, ks: spec("  commonMetadata: {labels: {a: {b: c}}}\n") },
  dependsStr: { files: { "cm.yaml": cm }, ks: spec("  dependsOn: hello\n") },
  dependsMixed: { files: { "cm.yaml": cm }, ks: spec("  dependsOn: [1, null, {name: [x]}, {}]\n") },
  targetNsNum: { files: { "cm.yaml": cm }, ks: spec("  targetNamespace: 5\n") },
  targetNsMap: { files: { "cm.yaml": cm }, ks: spec("  targetNamespace: {a: b}\n") },
  decryptionStr: { files: { "cm.yaml": cm }, ks: spec("  decryption: sops\n") },
  decryptionList: { files: { "cm.yaml": cm }, ks: spec("  decryption: {provider: [sops], secretRef: [x]}\n") },
  pruneStr: { files: { "cm.yaml": cm }, ks: spec("").replace("prune: true", "prune: 'yes'") },
  suspendStr: { files: { "cm.yaml": cm }, ks: spec("  suspend: 'true'\n") },
  kubeConfigStr: { files: { "cm.yaml": cm }, ks: spec("  kubeConfig: hello\n") },
  delPolicy: { files: { "cm.yaml": cm }, ks: spec("  deletionPolicy: [Orphan]\n") },
  ignoreMissing: { files: { "cm.yaml": cm }, ks: spec("  ignoreMissingComponents: maybe\n  components: [nope]\n") },
  readyExpr: { files: { "cm.yaml": cm }, ks: spec("  dependsOn: [{name: good, readyExpr: '" + "(".repeat(5000) + "'}]\n") },
  readyExprDos: { files: { "cm.yaml": cm }, ks: spec("  dependsOn: [{name: good, readyExpr: '[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, [1,2,3,4,5,6,7,8,9,10].all(g, a+b+c+d+e+f+g > 0)))))))'}]\n") },
  readyExprRegex: { files: { "cm.yaml": cm }, ks: spec("  dependsOn: [{name: good, readyExpr: '\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\".matches(\"^(a+)+$\")'}]\n") },
};
const only = process.env["ONLY"];
it("explore", { timeout: 300_000 }, async () => {
  for (const [name, c] of Object.entries(cases)) {
    if (only && !name.includes(only)) continue;
    const files: Record<string, any> = { "cluster/x.yaml": c.ks ?? kustomization("x", "./x", c.spec ?? "") };
    for (const [p, t] of Object.entries(c.files)) files[`x/${p}`] = t;
    const tree = besideInnocent(files);
    const t0 = performance.now();
    try {
      const s = await bench.simulate(tree);
      const rec = s.appliers.find((a) => a.ref.name === "x");
      const good = (await goodText(bench, s))?.includes("untouched");
      const msgs = s.problems.map((p) => p.message.slice(0, 230).replace(/[\u0000-\u001f]/g, (ch) => `\\x${ch.charCodeAt(0).toString(16)}`));
      console.log(`${name} [${(performance.now() - t0).toFixed(0)}ms] good=${good} ${JSON.stringify(verdict(s, "x"))} n=${rec?.objects} other=${s.problems.filter((p) => !p.applier?.endsWith("/x")).length}\n      ${msgs.join("\n      ")}`);
    } catch (e) {
      console.log(`${name} THREW ${(e as Error).stack?.slice(0, 600)}`);
    }
  }
});
