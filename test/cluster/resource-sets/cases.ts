/**
 * ResourceSets of which the real flux-operator and the engine have to make the same: what reads something stands here, what is read
 * in `world`. All objects live in the namespace `sets`.
 */
export interface SetCase {
  readonly name: string;
  /** YAML of `spec`. */
  readonly spec: string;
  /** The operator refuses it, and so must we. */
  readonly fails?: true;
}

/** What is on the cluster. `kubeconfig` has two clusters, `partial` one without an authority. */
export const world = `
apiVersion: v1
kind: ConfigMap
metadata: {name: source, namespace: sets, labels: {not: copied}}
data: {color: red, text: "a\\nb"}
binaryData: {bytes: /wAB}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: plain, namespace: sets}
data: {only: text}
---
apiVersion: v1
kind: Secret
type: kubernetes.io/basic-auth
metadata: {name: login, namespace: sets}
stringData: {username: somebody, password: planted}
---
apiVersion: v1
kind: Secret
metadata: {name: bytes, namespace: sets}
data: {key: /wAB}
---
apiVersion: v1
kind: Secret
metadata: {name: kubeconfig, namespace: sets}
stringData:
  value: |
    clusters:
      - {name: one, cluster: {server: "https://one.test", certificate-authority-data: b25l}}
      - {name: two, cluster: {server: "https://two.test", certificate-authority-data: dHdv}}
---
apiVersion: v1
kind: Secret
metadata: {name: partial, namespace: sets}
stringData:
  kubeconfig: |
    clusters:
      - {name: one, cluster: {server: "https://one.test", certificate-authority-data: b25l}}
      - {name: two, cluster: {server: "https://two.test"}}
---
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: {name: git-tag.x, namespace: sets, labels: {for: tests, order: last}}
spec: {type: Static, defaultValues: {tag: v1, id: lost, number: 3}}
---
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: {name: another, namespace: sets, labels: {for: tests}}
spec: {type: Static, defaultValues: {tag: v2, nested: {a: [1, {b: c}]}}}
`;

const shown = (name: string): string =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: "${name}", namespace: sets}, data: {json: "<< inputs | toJson | quote >>", yaml: "<< inputs | toYaml | quote >>"}}`;

const map = (name: string, rest: string, annotation = ""): string =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: "${name}", namespace: sets, annotations: {${annotation}}}, ${rest}}`;

export const cases: readonly SetCase[] = [
  {
    name: "flatten",
    spec: `
inputs:
  - {key: one, big: 12345678901234567, float: 1.5, whole: 2.0, list: [1, two], map: {b: 1, a: {}}, flag: true, text: "a: b"}
  - {key: two, id: given, provider: own}
inputsFrom: [{selector: {matchLabels: {for: tests}}}, {name: another}]
resources: [${shown('flatten-<< get inputs \\"key\\" | default inputs.provider.name >>')}]
`,
  },
  {
    name: "permute",
    spec: `
inputStrategy: {name: Permute}
inputs: [{key: one}, {key: two, id: own}, {key: three}]
inputsFrom: [{selector: {matchExpressions: [{key: for, operator: In, values: [tests]}]}}]
resources: [${shown("permute-<< inputs.id >>")}]
`,
  },
  {
    name: "permute-alone",
    spec: `
inputStrategy: {name: Permute, includeEmptyProviders: true}
inputs: [{key: one}, {key: two}]
resources: [${shown("alone-<< inputs.id >>")}]
`,
  },
  {
    name: "conditionals",
    spec: `
inputs: [{name: one, parts: [x, z]}, {name: two, parts: []}]
resourcesTemplate: |
  ---
  # Nothing here.
  ---
  apiVersion: v1
  kind: ConfigMap
  metadata: {namespace: sets}
  data: {without: name}
  <<- range $index, $part := inputs.parts >>
  ---
  apiVersion: v1
  kind: ConfigMap
  metadata:
    name: part-<< inputs.name >>-<< $part >>
    namespace: sets
    annotations:
      fluxcd.controlplane.io/reconcile: << if eq $part "z" >>disabled<< else >>Disabled<< end >>
  data:
    index: << $index | quote >>
  <<- end >>
  << if eq inputs.name "two" >>
  ---
  apiVersion: v1
  kind: ConfigMapList
  items:
    - {apiVersion: v1, kind: ConfigMap, metadata: {name: listed, namespace: sets}, data: {a: << len inputs.parts | quote >>}}
  << end >>
`,
  },
  {
    name: "duplicates",
    spec: `
inputs: [{one: a, two: b}, {one: b, two: a}]
resources:
  - ${map("dup-<< inputs.two >>", 'data: {from: "first << inputs.one >>"}')}
  - ${map("dup-<< inputs.one >>", 'data: {from: "second << inputs.one >>"}')}
  - ${map("dup-c", 'data: {from: "third << inputs.one >>"}', "fluxcd.controlplane.io/reconcile: '<< if eq inputs.one \"a\" >>disabled<< else >>enabled<< end >>'")}
resourcesTemplate: |
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: dup-c, namespace: sets}
  data: {from: template}
`,
  },
  {
    name: "metadata",
    spec: `
commonMetadata:
  labels: {team: all, kept: common, resourceset.fluxcd.controlplane.io/name: taken}
  annotations: {note: common}
inputs: [{number: 1}]
resources:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: labelled, namespace: sets, labels: {kept: own, more: own}, annotations: {note: own, other: own}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: numbered, namespace: sets, labels: {number: << inputs.number >>, lost: "yes"}, annotations: {number: 1, lost: "yes"}}}
`,
  },
  {
    name: "copies",
    spec: `
resources:
  - ${map("copy-all", "data: {own: gone}, binaryData: {own: AA==}", "fluxcd.controlplane.io/copyFrom: sets/source")}
  - ${map("copy-text", "data: {own: gone}, binaryData: {own: AA==}", "fluxcd.controlplane.io/copyFrom: sets/plain")}
  - {apiVersion: v1, kind: Secret, metadata: {name: copy-login, namespace: sets, annotations: {fluxcd.controlplane.io/copyFrom: sets/login}}, data: {own: Zm9v}, stringData: {lost: x}}
  - {apiVersion: v1, kind: Secret, type: Opaque, metadata: {name: copy-typed, namespace: sets, annotations: {fluxcd.controlplane.io/copyFrom: sets/login}}}
  - {apiVersion: v1, kind: Secret, metadata: {name: copy-bytes, namespace: sets, annotations: {fluxcd.controlplane.io/copyFrom: sets/bytes}}}
  - {apiVersion: v1, kind: Secret, metadata: {name: not-copied, namespace: sets}, data: {a: Zm9v}, stringData: {b: x}}
`,
  },
  {
    name: "checksums",
    spec: `
resources:
  - ${map("sum-own", 'data: {zz: "1", aa: "2"}, binaryData: {mm: /wAB}')}
  - {apiVersion: v1, kind: Secret, metadata: {name: sum-secret, namespace: sets}, data: {a: Zm9v}, stringData: {b: x, a: wins}}
  - ${map("sum-1", "data: {}", "fluxcd.controlplane.io/checksumFrom: ConfigMap/sets/sum-own")}
  - ${map("sum-2", "data: {}", "fluxcd.controlplane.io/checksumFrom: Secret/sets/sum-secret")}
  - ${map("sum-3", "data: {}", 'fluxcd.controlplane.io/checksumFrom: "Secret/sets/login,ConfigMap/sets/source,"')}
  - ${map("sum-4", "data: {}", 'fluxcd.controlplane.io/checksumFrom: "ConfigMap/sets/source,\\n Secret/sets/login\\n"')}
  - ${map("sum-5", "data: {}", "fluxcd.controlplane.io/checksumFrom: ConfigMap/sets/sum-copy, fluxcd.controlplane.io/checksum: own")}
  - ${map("sum-copy", "data: {}", "fluxcd.controlplane.io/copyFrom: sets/source")}
  - ${map("sum-6", "data: {}", "fluxcd.controlplane.io/checksumFrom: Secret/sets/bytes")}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: summed, namespace: sets}
    spec:
      selector: {matchLabels: {app: a}}
      template:
        metadata: {labels: {app: a}, annotations: {fluxcd.controlplane.io/checksumFrom: ConfigMap/sets/plain}}
        spec: {containers: [{name: a, image: a}]}
`,
  },
  {
    name: "functions",
    spec: `
inputs: [{num: 1, big: 10000000, float: 1.5, whole: 2.0, map: {b: 1, a: 2}, list: [3, 1, 2], text: "Ärger & Straße / Foo_bar", flag: true}]
resourcesTemplate: |
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: functions, namespace: sets}
  data:
    plain: "<< inputs.big >> << inputs.float >> << inputs.whole >> << inputs.map >> << inputs.list >> << inputs.flag >>"
    slugs: "<< inputs.text | slugify >> << slugify "a--b__c" >> << slugify "Hello, World!" >> << slugify "a/b.c" >> << slugify "--x_" >> << repeat 50 "ab-" | slugify >>"
    kinds: "<< kindOf inputs.num >> << kindOf inputs.list >> << kindOf inputs.float >> << kindOf inputs.whole >> << kindOf inputs.map >>"
    pretty: << inputs.map | toPrettyJson | quote >>
    indented: << inputs.map | toYaml | nindent 8 | quote >>
    must: << mustToYaml inputs.list | quote >>
    math: "<< add inputs.num 1 >> << mul inputs.big 2 >> << trunc 3 inputs.text >> << ternary "t" "f" inputs.flag >>"
    lists: "<< list 1 2 | join "-" >> << keys inputs.map | sortAlpha | join "," >> << dig "map" "z" "none" inputs >>"
    hashes: "<< sha256sum "x" >> << adler32sum "x" >> << b64enc "x" >>"
    provider: "<< inputs.provider.kind >>/<< inputs.provider.name >>"
`,
  },
  {
    name: "steps",
    spec: `
commonMetadata: {labels: {team: all}}
inputs: [{key: one}, {key: two}]
steps:
  - name: first
    resources: [${map("step-<< inputs.key >>", "data: {key: << inputs.key >>}", "fluxcd.controlplane.io/checksumFrom: ConfigMap/sets/step-last")}]
  - name: last
    resourcesTemplate: |
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: step-last, namespace: sets, annotations: {fluxcd.controlplane.io/checksumFrom: ConfigMap/sets/step-plain}}
      data: {key: << inputs.key >>}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: step-plain, namespace: sets}
`,
  },
  {
    name: "kubeconfig",
    spec: `resources: [${map("converted", "data: {own: a}", "fluxcd.controlplane.io/convertKubeConfigFrom: sets/kubeconfig")}, ${map("kept", "data: {address: own}", 'fluxcd.controlplane.io/convertKubeConfigFrom: "sets/kubeconfig:value"')}]`,
  },
  {
    name: "nothing",
    spec: `inputsFrom: [{selector: {matchLabels: {for: nobody}}}]\nresources: [${shown("never")}]`,
  },
  {
    name: "partial-kubeconfig",
    spec: `resources: [${map("partial", "data: {}", "fluxcd.controlplane.io/convertKubeConfigFrom: sets/partial")}]`,
    fails: true,
  },
  {
    name: "own-id",
    spec: `inputs: [{a: b}]\nresources: [${map("x-<< inputs.id >>", "data: {}")}]`,
    fails: true,
  },
  { name: "unknown-function", spec: "resourcesTemplate: '<< fromYaml \"a: b\" >>'", fails: true },
  { name: "environment", spec: "resourcesTemplate: '<< env \"HOME\" >>'", fails: true },
  {
    name: "nothing-to-copy",
    spec: `resources: [${map("copy-none", "data: {}", "fluxcd.controlplane.io/copyFrom: sets/absent")}]`,
    fails: true,
  },
  {
    name: "nothing-to-sum",
    spec: `resources: [${map("sum-none", "data: {}", "fluxcd.controlplane.io/checksumFrom: ConfigMap/sets/absent")}]`,
    fails: true,
  },
  {
    name: "absent-provider",
    spec: `inputsFrom: [{name: absent}]\nresources: [${shown("no-provider")}]`,
    fails: true,
  },
  {
    name: "two-steps",
    spec: `steps: [{name: one, resources: [${map("twice", "data: {}")}]}, {name: two, resources: [${map("twice", "data: {}")}]}]`,
    fails: true,
  },
  {
    name: "numbered-annotation",
    spec: "resources: [{apiVersion: v1, kind: ConfigMap, metadata: {name: number, namespace: sets, annotations: {number: 1}}}]",
    fails: true,
  },
];
