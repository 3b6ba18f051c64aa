/** Changes of Kustomizations: what each shows stands in its sentence. */
import { readFileSync } from "node:fs";

import type { Cluster } from "../harness/cluster.ts";
import { writeKubeconfig } from "../harness/pki.ts";
import { yaml } from "../recorder/scenario.ts";
import type { ChangeScenario } from "./change-scenario.ts";
import { kustomization, settings, workload } from "./change-scenario.ts";

const create: ChangeScenario = {
  name: "create",
  about: "Objects and a child Kustomization are added",
  before: { "flux/a.yaml": yaml(settings("create", "a", { k: "1" })) },
  change: {
    "flux/b.yaml": yaml(settings("create", "b", { k: "1" }), workload("create", "web")),
    "flux/child.yaml": yaml(kustomization("create", "child", "./child")),
    "child/c.yaml": yaml(settings("create", "c", { k: "1" })),
  },
};

const change: ChangeScenario = {
  name: "change",
  about: "Values, labels, containers and ports change; one object stays as it is",
  before: {
    "flux/all.yaml": yaml(
      settings("change", "a", { k: "1", gone: "1" }, { labels: { x: "1", y: "1" } }),
      settings("change", "same", { k: "1" }),
      workload("change", "web", { replicas: 1 }),
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web", namespace: "change" },
        spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80 }] },
      },
    ),
  },
  change: {
    "flux/all.yaml": yaml(
      settings(
        "change",
        "a",
        { k: "2", fresh: "1" },
        { labels: { x: "2" }, annotations: { n: "1" } },
      ),
      settings("change", "same", { k: "1" }),
      workload("change", "web", { replicas: 3 }, "a:2"),
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web", namespace: "change" },
        spec: {
          selector: { app: "web" },
          ports: [
            { name: "http", port: 80, targetPort: 8080 },
            { name: "more", port: 81 },
          ],
        },
      },
    ),
  },
};

const prune: ChangeScenario = {
  name: "prune",
  about:
    "Objects leave the repository, one of them kept by annotation, and a child Kustomization goes with its own",
  before: {
    "flux/a.yaml": yaml(settings("prune", "a", { k: "1" })),
    "flux/b.yaml": yaml(settings("prune", "b", { k: "1" })),
    "flux/kept.yaml": yaml(
      settings(
        "prune",
        "kept",
        { k: "1" },
        { annotations: { "kustomize.toolkit.fluxcd.io/prune": "disabled" } },
      ),
    ),
    "flux/child.yaml": yaml(kustomization("prune", "child", "./child")),
    "child/c.yaml": yaml(settings("prune", "c", { k: "1" })),
  },
  change: { "flux/b.yaml": undefined, "flux/kept.yaml": undefined, "flux/child.yaml": undefined },
};

const move: ChangeScenario = {
  name: "move",
  about: "An object moves from one Kustomization to another",
  before: {
    "flux/children.yaml": yaml(
      kustomization("move", "one", "./one", { prune: false }),
      kustomization("move", "two", "./two"),
    ),
    "one/moved.yaml": yaml(settings("move", "moved", { k: "1" })),
    "one/stays.yaml": yaml(settings("move", "stays", { k: "1" })),
    "two/own.yaml": yaml(settings("move", "own", { k: "1" })),
  },
  change: {
    "one/moved.yaml": undefined,
    "two/moved.yaml": yaml(settings("move", "moved", { k: "2" })),
  },
};

const job = (image: string, metadata: object = {}): object => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "job", namespace: "immutable", ...metadata },
  spec: {
    template: { spec: { restartPolicy: "Never", containers: [{ name: "main", image }] } },
  },
});

const immutable: ChangeScenario = {
  name: "immutable",
  about: "An immutable field with `spec.force`: the object is recreated, others are changed",
  before: {
    "flux/child.yaml": yaml(kustomization("immutable", "child", "./child", { force: true })),
    "child/a.yaml": yaml(job("a:1"), settings("immutable", "a", { k: "1" })),
  },
  change: { "child/a.yaml": yaml(job("a:2"), settings("immutable", "a", { k: "2" })) },
};

const refused: ChangeScenario = {
  name: "refused",
  about:
    "An immutable field without force: the Kustomization fails and changes nothing of its last stage",
  before: {
    "flux/child.yaml": yaml(kustomization("refused", "child", "./child")),
    "child/a.yaml": yaml(workload("refused", "web"), settings("refused", "a", { k: "1" })),
  },
  change: {
    "child/a.yaml": yaml(
      workload("refused", "web", {
        selector: { matchLabels: { app: "other" } },
        template: {
          metadata: { labels: { app: "other" } },
          spec: { containers: [{ name: "main", image: "a:1" }] },
        },
      }),
      settings("refused", "a", { k: "2" }),
    ),
  },
  fails: ["Kustomization child"],
  isRefused: true,
};

const definition = (kind: string, plural: string): object => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.example.test` },
  spec: {
    group: "example.test",
    scope: "Namespaced",
    names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", properties: { size: { type: "integer", default: 3 } } },
            },
          },
        },
      },
    ],
  },
});

const definitions: ChangeScenario = {
  name: "crd",
  about:
    "A CustomResourceDefinition, an object of it and a namespace with an object arrive together",
  before: { "flux/a.yaml": yaml(settings("crd", "a", { k: "1" })) },
  change: {
    "flux/crd.yaml": yaml(definition("Crdwidget", "crdwidgets")),
    "flux/widget.yaml": yaml({
      apiVersion: "example.test/v1",
      kind: "Crdwidget",
      metadata: { name: "one", namespace: "crd" },
      spec: {},
    }),
    "flux/namespace.yaml": yaml(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "crd-new" } },
      settings("crd-new", "inside", { k: "1" }),
    ),
  },
};

const secretValue = "planted-7c1f";
const substitution: ChangeScenario = {
  name: "substitute",
  about: "A variable comes from a Secret that only the cluster has",
  cluster: () =>
    yaml({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "vars", namespace: "substitute" },
      stringData: { TOKEN: secretValue, SIZE: "large" },
    }),
  before: {
    "flux/child.yaml": yaml(
      kustomization("substitute", "child", "./child", {
        postBuild: { substituteFrom: [{ kind: "Secret", name: "vars" }] },
      }),
    ),
    "child/a.yaml": yaml(
      settings("substitute", "a", { token: "${TOKEN}", size: "${SIZE}" }),
      settings("substitute", "same", { token: "${TOKEN}" }),
    ),
  },
  change: {
    "child/a.yaml": yaml(
      settings("substitute", "a", { token: "${TOKEN}-2", size: "${SIZE}", more: "1" }),
      settings("substitute", "same", { token: "${TOKEN}" }),
    ),
  },
};
/** Must stand in no output. */
export const planted = [secretValue, btoa(secretValue)];

const suspended: ChangeScenario = {
  name: "suspended",
  about:
    "Kustomizations that are suspended, in the repository or on the cluster, do nothing; their parent goes on",
  before: {
    "flux/children.yaml": yaml(
      kustomization("suspended", "by-git", "./child", { suspend: true }),
      kustomization("suspended", "by-hand", "./child"),
    ),
    "child/a.yaml": yaml(settings("suspended", "a", { k: "1" })),
    "flux/b.yaml": yaml(settings("suspended", "b", { k: "1" })),
  },
  meddle: async ({ api }) => {
    await api.request(
      "PATCH",
      "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/suspended/kustomizations/by-hand?fieldManager=flux",
      { spec: { suspend: true } },
      "application/merge-patch+json",
    );
  },
  change: {
    "child/a.yaml": yaml(settings("suspended", "a", { k: "2" })),
    "flux/b.yaml": yaml(settings("suspended", "b", { k: "2" })),
  },
};

const byHand: ChangeScenario = {
  name: "by-hand",
  about: "What somebody changed with kubectl goes, what another controller owns stays",
  before: {
    "flux/a.yaml": yaml(
      settings("by-hand", "a", { k: "1" }),
      settings(
        "by-hand",
        "ignored",
        { k: "1" },
        { annotations: { "kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent" } },
      ),
      settings(
        "by-hand",
        "merged",
        { k: "1" },
        { annotations: { "kustomize.toolkit.fluxcd.io/ssa": "Merge" } },
      ),
      workload("by-hand", "web", { replicas: 1 }),
    ),
  },
  meddle: async ({ api }) => {
    const byKubectl = (name: string, body: object, kind = "configmaps", group = "/api/v1") =>
      api.request(
        "PATCH",
        `${group}/namespaces/by-hand/${kind}/${name}?fieldManager=kubectl-edit`,
        body,
        "application/merge-patch+json",
      );
    await byKubectl("a", {
      data: { k: "by hand", extra: "1" },
      metadata: { labels: { hand: "1" } },
    });
    await byKubectl("ignored", { data: { k: "by hand" } });
    await byKubectl("merged", { data: { extra: "1" } });
    await byKubectl(
      "web",
      {
        spec: {
          replicas: 5,
          minReadySeconds: 7,
          strategy: { type: "Recreate", rollingUpdate: null },
        },
      },
      "deployments",
      "/apis/apps/v1",
    );
    await api.apply(yaml(settings("by-hand", "a", { theirs: "1" })), "another-controller");
  },
  change: { "flux/b.yaml": yaml(settings("by-hand", "b", { k: "1" })) },
};

/** The same cluster under another name: to the controllers it is a remote one. The audit knows them by their certificate. */
function kubeconfigOf({ server, pki }: Cluster): string {
  return readFileSync(writeKubeconfig(pki, "kustomize-controller", server), "utf8");
}

const remote: ChangeScenario = {
  name: "remote",
  about: "A Kustomization with `spec.kubeConfig` applies to the cluster of that kubeconfig",
  cluster: (cluster) =>
    yaml({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "kubeconfig", namespace: "remote" },
      stringData: { value: kubeconfigOf(cluster) },
    }),
  before: {
    "flux/child.yaml": yaml(
      kustomization("remote", "child", "./child", {
        kubeConfig: { secretRef: { name: "kubeconfig" } },
      }),
    ),
    "child/a.yaml": yaml(settings("remote", "a", { k: "1" }), settings("remote", "b", { k: "1" })),
  },
  change: {
    "child/a.yaml": yaml(settings("remote", "a", { k: "2" }), settings("remote", "c", { k: "1" })),
  },
};

export const kustomizationScenarios: readonly ChangeScenario[] = [
  create,
  change,
  prune,
  move,
  immutable,
  refused,
  definitions,
  substitution,
  suspended,
  byHand,
  remote,
];
