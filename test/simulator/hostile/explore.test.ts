import { it } from "vitest";
import { configMap, kustomization } from "../../support/flux.ts";
import { useSimulator } from "../../support/simulator.ts";
import { fileOf } from "../../support/fixture.ts";
import { besideInnocent, verdict, goodText } from "./side-by-side.ts";
const bench = useSimulator();
const utf16 = (t: string) => new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(t, "utf16le")]));
const latin = (t: string) => new Uint8Array(Buffer.from(t, "latin1"));
const cm = configMap("a", "1");
const K = (t: string) => ({ "kustomization.yaml": t, "cm.yaml": cm });
const bomb = (n: number) => ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]", ...Array.from({ length: n }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(",")}]`)].join("\n");
const secret = (name: string, data: string, ns = "flux-system") => `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: ${ns}}\nstringData:\n${data}`;
const from = (kind: string, name: string) => `  postBuild:\n    substituteFrom:\n      - {kind: ${kind}, name: ${name}}\n`;
const S = (value: string) => ({ "cluster/s.yaml": secret("vars", `  TOKEN: ${value}\n`) });
const cases: Record<string, any> = {
  rootDeep: { files: { "cm.yaml": cm }, options: { roots: [{ name: "root.yaml", text: "[".repeat(100_000) }] } },
  rootDeepKs: { files: { "cm.yaml": cm }, options: { roots: [{ name: "root.yaml", text: kustomization("x", "./x") + "x: " + "[".repeat(20000) + "]".repeat(20000) }] } },
  rootBomb: { files: { "cm.yaml": cm }, options: { roots: [{ name: "root.yaml", text: kustomization("x", "./x") + bomb(9) }] } },
  rootSelf: { files: { "cm.yaml": cm }, options: { roots: [{ name: "root.yaml", text: kustomization("x", "./x") + "x: &x [*x]\n" }] } },
  rootSelfMap: { files: { "cm.yaml": cm }, options: { roots: [{ name: "root.yaml", text: kustomization("x", "./x") + "x: &x\n  a: *x\n" }] } },
  rootMerge: { files: { "cm.yaml": cm }, options: { roots: [{ name: "root.yaml", text: kustomization("x", "./x") + "x: &x\n  <<: *x\n" }] } },
  rootProto: { files: { "cm.yaml": cm }, options: { roots: [{ name: "root.yaml", text: kustomization("x", "./x") + "__proto__: {kind: Evil, polluted: yes}\nconstructor: {a: b}\n" }] } },
  liveDeep: { files: { "cm.yaml": cm }, options: { live: [{ name: "live.yaml", text: "{a: ".repeat(100_000) }] } },
  liveBomb: { files: { "cm.yaml": cm }, options: { live: [{ name: "live.yaml", text: bomb(9) }] } },
  liveWeird: { files: { "cm.yaml": cm }, options: { live: [{ name: "live.yaml", text: "- 1\n---\nfoo\n---\nkind: 5\n---\nkind: Secret\nmetadata: [x]\n---\nkind: ConfigMapList\nitems: [1, {kind: ConfigMap, apiVersion: v1, metadata: {name: __proto__, namespace: constructor}, data: {__proto__: x, a: [1]}}]\n" }] } },
  liveBinary: { files: { "cm.yaml": cm }, options: { live: [{ name: "live.yaml", text: "\u0000\u0001\ufffd\u001b[2J" }] } },
  liveHuge: { files: { "cm.yaml": cm }, options: { live: [{ name: "live.yaml", text: "a".repeat(6_000_000) }] } },
  valuesBomb: { files: { "cm.yaml": cm }, extra: { "values.yaml": "instance:\n  sync: 1\n" + bomb(9) + "\n", "deep.yaml": "instance:\n  sync: " + "[".repeat(50000) + "\n" } },
  orphanDeep: { files: { "cm.yaml": cm }, extra: { "orphans/o.yaml": kustomization("orphan", "./x") + "deep: " + "[".repeat(50_000) + "\n" } },
  orphanBomb: { files: { "cm.yaml": cm }, extra: { "orphans/o.yaml": kustomization("orphan", "./x") + bomb(9) + "\n" } },
  orphanInstanceRegex: { files: { "cm.yaml": cm }, extra: { "inst/i.yaml": "apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata: {name: flux, namespace: flux-system}\nspec:\n  sync: {path: x, kind: GitRepository, url: 'https://x.test'}\n  kustomize:\n    patches:\n      - target: {kind: '(K|K)*(u+)+z'}\n        patch: 'a'\n      - target: {kind: '((.+)+)+!'}\n        patch: 'a'\n      - patch: hello\n" } },
  redosPath: { files: { "cm.yaml": cm }, extra: { "o.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n" + " ".repeat(200_000) + "\n  path" + " ".repeat(100_000) + "x\n" } },
  redosScalar: { files: { "cm.yaml": cm }, extra: { "o.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: " + "a ".repeat(100_000) + "\n  namespace: " + "#".repeat(100000) + "\n" } },
  redosScalar2: { files: { "cm.yaml": cm }, extra: { "o.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: " + " ".repeat(200_000) + "}\n" } },
  redosInstance: { files: { "cm.yaml": cm }, extra: { "v.yaml": "\n".repeat(300_000) + "sync:\n" } },
  redosGit: { files: { "cm.yaml": cm }, ks: kustomization("x", "./x", "", "y") + "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: y, namespace: flux-system}\nspec: {url: 'https://" + "/".repeat(100_000) + "x'}\n" },
  secretNumber: { files: { "cm.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata: {k: "${TOKEN}"}\n' }, extra: S("'8675309'"), spec: from("Secret", "vars"), leak: "8675309" },
  secretYaml: { files: { "cm.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata: {k: ${TOKEN}}\n'.replace("${TOKEN}", '"x${TOKEN}"') }, extra: S("'hunter2: [unclosed'"), spec: from("Secret", "vars"), leak: "unclosed" },
  secretYaml2: { files: { "cm.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata: {k: "${TOKEN}"}\n' }, extra: S("'{hunter2sesame: [unclosed'"), spec: from("Secret", "vars"), leak: "hunter2" },
  secretAlias: { files: { "cm.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata: {k: "${TOKEN}"}\n' }, extra: S("'*hunter2'"), spec: from("Secret", "vars"), leak: "hunter2" },
  secretTag: { files: { "cm.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata: {k: "${TOKEN}"}\n' }, extra: S("'!!int hunter2'"), spec: from("Secret", "vars"), leak: "hunter2" },
  secretShort: { files: { "cm.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata: {k: "${TOKEN}"}\n' }, extra: S("'[q7]'"), spec: from("Secret", "vars"), leak: "q7" },
  secretReplicas: { files: { "d.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: b}\nspec: {replicas: "${TOKEN}", selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}\n' }, extra: S("hunter2sesame"), spec: from("Secret", "vars"), leak: "hunter2" },
  secretDur: { files: { "d.yaml": 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\nspec: {containers: [{name: a, image: b, resources: {limits: {cpu: "${TOKEN}"}}}]}\n' }, extra: S("hunter2sesame"), spec: from("Secret", "vars"), leak: "hunter2" },
  secretDefault: { files: { "cm.yaml": configMap("a", "${TOKEN/${/}") }, extra: S("hunter2sesame"), spec: from("Secret", "vars"), leak: "hunter2" },
  secretName: { files: { "cm.yaml": configMap("${TOKEN}", "x") }, extra: S("Hunter2Sesame"), spec: from("Secret", "vars"), leak: "unter2" },
  secretDup: { files: { "cm.yaml": configMap("${TOKEN}", "x"), "cm2.yaml": configMap("${TOKEN}", "y") }, extra: S("hunter2sesame"), spec: from("Secret", "vars"), leak: "hunter2" },
  secretKind: { files: { "cm.yaml": "apiVersion: v1\nkind: Nosuch${TOKEN}\nmetadata: {name: x}\n" }, extra: S("hunter2sesame"), spec: from("Secret", "vars"), leak: "hunter2" },
  secretPlainBad: { files: { "s.yaml": secret("a", "  k: hunter2sesame\n  k: other\n", "b") }, leak: "hunter2" },
  secretPlainBadData: { files: { "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\ndata: {k: 'hunter2 sesame!'}\n" }, leak: "hunter2" },
  secretDataNumber: { files: { "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\nstringData: {k: 8675309}\n" }, leak: "8675309" },
  secretDataList: { files: { "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\nstringData: [hunter2sesame]\n" }, leak: "hunter2" },
  secretNoName: { files: { "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {namespace: b}\nstringData: {k: hunter2sesame}\n" }, leak: "hunter2" },
  secretNoName2: { files: { "kustomization.yaml": "resources: [s.yaml]\n", "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: ''}\nstringData: {k: hunter2sesame}\n" }, leak: "hunter2" },
  secretMalformed: { files: { "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\nstringData:\n  k: *hunter2sesame\n" }, leak: "hunter2" },
  secretGenBad: { files: { "kustomization.yaml": "secretGenerator:\n  - name: a\n    literals: ['hunter2sesame']\n" }, leak: "hunter2" },
  secretGenEnvBad: { files: { "kustomization.yaml": "secretGenerator:\n  - name: a\n    envs: [.env]\n", ".env": "hunter2 sesame\n1=2\n" }, leak: "hunter2" },
  secretPatchBad: { files: { "kustomization.yaml": "resources: [s.yaml]\npatches:\n  - patch: |\n      apiVersion: v1\n      kind: Secret\n      metadata: {name: nope}\n      stringData: {k: hunter2sesame}\n", "s.yaml": secret("a", "  k: v\n", "b") }, leak: "hunter2" },
  secretJsonPatchBad: { files: { "kustomization.yaml": "resources: [s.yaml]\npatches:\n  - target: {kind: Secret}\n    patch: |\n      - {op: replace, path: /nope/x, value: hunter2sesame}\n", "s.yaml": secret("a", "  k: v\n", "b") }, leak: "hunter2" },
  secretSubstErr: { files: { "s.yaml": secret("a", "  k: hunter2sesame${x\n", "b") }, spec: "  postBuild:\n    substitute: {a: b}\n", leak: "hunter2" },
  secretVarName: { files: { "cm.yaml": cm }, extra: { "cluster/s.yaml": secret("vars", "  'bad name hunter': x\n") }, spec: from("Secret", "vars"), leak: "zzz" },
  sopsBad: { files: { "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\nstringData: {k: 'ENC[AES256_GCM,data:aaaa,iv:bbbb,tag:cccc,type:str]'}\nsops: hello\n" }, spec: "  decryption: {provider: sops}\n" },
  sopsBad2: { files: { "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\nstringData: {k: 'ENC[AES256_GCM,data:aaaa,iv:bbbb,tag:cccc,type:str]'}\nsops:\n  age: [{recipient: x, enc: y}]\n  lastmodified: never\n  mac: 5\n" }, spec: "  decryption: {provider: sops}\n", options: { ageIdentities: ["AGE-SECRET-KEY-1QQQQ", "not a key", "AGE-PLUGIN-YUBIKEY-1XX"] } },
  protoNames: { files: { "cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: __proto__, namespace: constructor, labels: {__proto__: a, toString: b}}\ndata: {__proto__: x, constructor: y, hasOwnProperty: z}\n" }, spec: "  postBuild:\n    substitute: {__proto__: a, constructor: b, hasOwnProperty: c}\n" },
  protoKs: { files: { "cm.yaml": cm }, ks: kustomization("x", "./x") + "---\n" + kustomization("__proto__", "./x/__proto__") + "---\n" + kustomization("constructor", "./x", "  dependsOn: [{name: __proto__}, {name: hasOwnProperty, namespace: __proto__}]") },
  protoFiles: { files: { "__proto__/constructor": "x", "__proto__/cm.yaml": cm, "hasOwnProperty.yaml": "a" }, ks: kustomization("x", "./x/__proto__") },
  weirdNames: { files: { "a\nb.yaml": cm, 'q"uote\'.yaml': configMap("b", "1"), "tab\t.yaml": configMap("c", "1"), "esc\u001b[31m.yaml": configMap("d", "1"), ["l".repeat(5000) + ".yaml"]: configMap("e", "1"), "Å.yaml": configMap("f", "1"), "A\u030a.yaml": configMap("g", "1"), "CM.yaml": configMap("h", "1"), "cm.yaml": configMap("i", "1"), " .yaml": configMap("j", "1"), "back\\slash.yaml": configMap("k", "1"), "%2e%2e.yaml": configMap("l", "1"), "*.yaml": configMap("m", "1") } },
  weirdBad: { files: { "a\nb.yaml": "x: [\n" } },
  escName: { files: { "cm.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "\\e[31mred\\u202e", namespace: b}\n' } },
  selfKs: { files: { "ks.yaml": kustomization("x", "./x") } },
  otherSelf: { files: { "ks.yaml": kustomization("x", "./y") } },
  ksParentChild: { files: { "ks.yaml": kustomization("child", "./x/child"), "child/ks.yaml": kustomization("x", "./x") } },
  everNew: { files: { "ks.yaml": kustomization("n${N}", "./x", "  postBuild:\n    substitute: {N: ${N}x}") }, ks: kustomization("x", "./x", "  postBuild:\n    substitute: {N: x}") },
  everDouble: { files: { "ks.yaml": kustomization("a${N}", "./x", "  postBuild:\n    substitute: {N: ${N}a}") + "---\n" + kustomization("b${N}", "./x", "  postBuild:\n    substitute: {N: ${N}b}") }, ks: kustomization("x", "./x", "  postBuild:\n    substitute: {N: x}"), skip: true },
  substHuge: { files: { "cm.yaml": configMap("a", "${V}".repeat(1000)) }, spec: "  postBuild:\n    substitute: {V: " + "v".repeat(100_000) + "}\n" },
  substNest: { files: { "cm.yaml": configMap("a", "${A:=".repeat(3000) + "x" + "}".repeat(3000)) }, spec: "  postBuild:\n    substitute: {V: v}\n" },
  substBomb: { files: { "cm.yaml": configMap("a", "x").replace('"x"', "${V}") }, spec: "  postBuild:\n    substitute:\n      V: '" + "{a0: &a0 [x,x,x,x,x,x,x,x,x,x], " + Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(",")}]`).join(", ") + "}'\n" },
  substReplace: { files: { "cm.yaml": configMap("a", "${V//a/${W}}") }, spec: "  postBuild:\n    substitute: {V: " + "a".repeat(20000) + ", W: " + "b".repeat(20000) + "}\n" },
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
      for (const [p, t] of Object.entries(c.extra ?? {})) (tree.files as any).set(p, fileOf(t as string));
      if (c.skip) continue;
      const s = await bench.simulate(tree, c.options);
      if (c.leak) { const ts = await bench.simulator.plan(undefined, s); if (JSON.stringify([s.problems, s.appliers, ts]).includes(c.leak)) console.log("LEAK " + name); }
      const rec = s.appliers.find((a) => a.ref.name === "x");
      const good = (await goodText(bench, s))?.includes("untouched");
      const msgs = s.problems.map((p) => p.message.slice(0, 230).replace(/[\u0000-\u001f]/g, (ch) => `\\x${ch.charCodeAt(0).toString(16)}`));
      console.log(`${name} [${(performance.now() - t0).toFixed(0)}ms] good=${good} ${JSON.stringify(verdict(s, "x"))} n=${rec?.objects} other=${s.problems.filter((p) => !p.applier?.endsWith("/x")).length}\n      ${msgs.join("\n      ")}`);
    } catch (e) {
      console.log(`${name} THREW ${(e as Error).stack?.slice(0, 600)}`);
    }
  }
});
