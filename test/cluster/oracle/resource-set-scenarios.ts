/** Changes of ResourceSets and of what they take their inputs from: what each shows stands in its sentence. */
import { yaml } from "../recorder/scenario.ts";
import type { ChangeScenario } from "./change-scenario.ts";
import { settings, workload } from "./change-scenario.ts";

const group = "fluxcd.controlplane.io";
const apiVersion = `${group}/v1`;

function annotated(name: string, value: string): object {
  return { annotations: { [`${group}/${name}`]: value } };
}

function resourceSet(scenario: string, name: string, spec: object, metadata: object = {}): object {
  return {
    apiVersion,
    kind: "ResourceSet",
    metadata: { name, namespace: scenario, ...metadata },
    spec,
  };
}

function provider(scenario: string, name: string, defaultValues: object): object {
  return {
    apiVersion,
    kind: "ResourceSetInputProvider",
    metadata: { name, namespace: scenario, labels: { for: "tenants" } },
    spec: { type: "Static", defaultValues },
  };
}

const tenants = (inputs: readonly object[]): string =>
  yaml(
    resourceSet("fan-out", "tenants", {
      commonMetadata: { labels: { team: "all" }, annotations: { note: "made" } },
      inputs,
      resources: [
        settings("fan-out", "tenant-<< inputs.tenant >>", {
          tenant: "<< inputs.tenant >>",
          limits: "<< inputs.limits | toYaml | quote >>",
        }),
        settings("fan-out", "shared", { first: "<< inputs.tenant >>" }),
      ],
    }),
  );

const fanOut: ChangeScenario = {
  name: "fan-out",
  about: "A ResourceSet gets one input more, one less, and another value in a third",
  before: {
    "flux/set.yaml": tenants([
      { tenant: "a", limits: { cpu: 1 } },
      { tenant: "b", limits: { cpu: 1 } },
      { tenant: "d", limits: { cpu: 1 } },
    ]),
  },
  change: {
    "flux/set.yaml": tenants([
      { tenant: "b", limits: { cpu: 2 } },
      { tenant: "c", limits: {} },
      { tenant: "d", limits: { cpu: 1 } },
    ]),
  },
};

const permuted: ChangeScenario = {
  name: "permuted",
  about:
    "A ResourceSet permutes its own inputs with those of two providers, and one of them changes",
  before: {
    "flux/set.yaml": yaml(
      resourceSet("permuted", "apps", {
        inputStrategy: { name: "Permute" },
        inputs: [{ app: "web" }, { app: "api" }],
        inputsFrom: [{ selector: { matchLabels: { for: "tenants" } } }, { name: "sizes" }],
        resources: [
          settings("permuted", "<< inputs.apps.app >>-<< inputs.region.name >>", {
            zone: "<< inputs.region.zone | quote >>",
            size: "<< inputs.sizes.size | quote >>",
            id: "<< inputs.id | quote >>",
          }),
        ],
      }),
      provider("permuted", "sizes", { size: 1 }),
    ),
    "flux/region.yaml": yaml(provider("permuted", "region", { name: "east", zone: "1" })),
  },
  change: {
    "flux/region.yaml": yaml(provider("permuted", "region", { name: "east", zone: "2" })),
  },
};

const selected = (...names: readonly (readonly [string, object])[]): string =>
  yaml(...names.map(([name, values]) => provider("selected", name, values)));

const selectedProviders: ChangeScenario = {
  name: "selected",
  about: "Of the ResourceSetInputProviders that a selector finds one comes, one goes, one changes",
  before: {
    "flux/set.yaml": yaml(
      resourceSet("selected", "apps", {
        inputsFrom: [{ selector: { matchLabels: { for: "tenants" } } }],
        resources: [
          settings("selected", "<< inputs.provider.name >>", { zone: "<< inputs.zone | quote >>" }),
        ],
      }),
    ),
    "flux/providers.yaml": selected(["east", { zone: "1" }], ["west", { zone: "1" }]),
  },
  change: {
    "flux/providers.yaml": selected(["east", { zone: "2" }], ["north", { zone: "1" }]),
  },
};

const copied: ChangeScenario = {
  name: "copied",
  about:
    "What `copyFrom` and `checksumFrom` of a ResourceSet read changes, and one source is on the cluster only",
  cluster: () =>
    yaml({
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/basic-auth",
      metadata: { name: "login", namespace: "copied" },
      stringData: { username: "somebody", password: "only-on-the-cluster" },
    }),
  before: {
    "flux/source.yaml": yaml(settings("copied", "source", { color: "red", other: "1" })),
    "flux/set.yaml": yaml(
      resourceSet("copied", "copies", {
        inputs: [{ place: "one" }, { place: "two" }],
        resources: [
          settings("copied", "copy-<< inputs.place >>", {}, annotated("copyFrom", "copied/source")),
          {
            apiVersion: "v1",
            kind: "Secret",
            metadata: {
              name: "login-<< inputs.place >>",
              namespace: "copied",
              ...annotated("copyFrom", "copied/login"),
            },
          },
          settings(
            "copied",
            "checksum-<< inputs.place >>",
            { k: "1" },
            annotated("checksumFrom", "Secret/copied/login, ConfigMap/copied/copy-one"),
          ),
        ],
      }),
    ),
  },
  change: { "flux/source.yaml": yaml(settings("copied", "source", { color: "blue" })) },
};

const inSteps = (image: string): string =>
  yaml(
    resourceSet("ordered", "base", {
      wait: true,
      steps: [
        { name: "settings", resources: [settings("ordered", "base", { image })] },
        { name: "workload", resources: [workload("ordered", "base", {}, image)] },
      ],
    }),
    resourceSet("ordered", "apps", {
      dependsOn: [
        { apiVersion, kind: "ResourceSet", name: "base", namespace: "ordered", ready: true },
      ],
      resources: [settings("ordered", "apps", { image })],
    }),
  );

const ordered: ChangeScenario = {
  name: "ordered",
  about: "Two ResourceSets, one with steps and one that depends on it, apply something else",
  before: { "flux/sets.yaml": inSteps("a:1") },
  change: { "flux/sets.yaml": inSteps("a:2") },
};

const fixed = (name: string, value: string): object => ({
  ...settings("replaced", name, { value }),
  immutable: true,
});

const replaced: ChangeScenario = {
  name: "replaced",
  about:
    "A ResourceSet with the annotation `force` recreates what is immutable; what leaves it and may not be pruned stays",
  before: {
    "flux/set.yaml": yaml(
      resourceSet(
        "replaced",
        "set",
        {
          resources: [
            fixed("fixed", "1"),
            settings("replaced", "kept", { k: "1" }, annotated("prune", "disabled")),
            settings("replaced", "gone", { k: "1" }),
          ],
        },
        annotated("force", "enabled"),
      ),
    ),
  },
  change: {
    "flux/set.yaml": yaml(
      resourceSet(
        "replaced",
        "set",
        { resources: [fixed("fixed", "2")] },
        annotated("force", "enabled"),
      ),
    ),
  },
};

const withdrawn: ChangeScenario = {
  name: "withdrawn",
  about: "A ResourceSet leaves the repository, and what it applied goes with it",
  before: {
    "flux/a.yaml": yaml(settings("withdrawn", "a", { k: "1" })),
    "flux/set.yaml": yaml(
      resourceSet("withdrawn", "set", {
        inputs: [{ name: "one" }, { name: "two" }],
        resources: [settings("withdrawn", "<< inputs.name >>", { k: "1" })],
      }),
    ),
  },
  change: { "flux/set.yaml": undefined },
};

const tended: ChangeScenario = {
  name: "tended",
  about:
    "What somebody changed with kubectl on objects of a ResourceSet goes, what another controller owns stays",
  before: {
    "flux/set.yaml": yaml(
      resourceSet("tended", "set", {
        inputs: [{ name: "a" }, { name: "b" }, { name: "switched" }],
        resources: [settings("tended", "<< inputs.name >>", { k: "<< inputs.name >>" })],
      }),
    ),
    "flux/x.yaml": yaml(settings("tended", "x", { k: "1" })),
  },
  meddle: async ({ api }) => {
    const edit = async (name: string, patch: object): Promise<void> => {
      const path = `/api/v1/namespaces/tended/configmaps/${name}?fieldManager=kubectl-edit`;
      await api.request("PATCH", path, patch, "application/merge-patch+json");
    };
    await edit("a", {
      data: { k: "by hand", extra: "1" },
      metadata: { labels: { hand: "1" } },
    });
    await edit("switched", {
      data: { k: "by hand" },
      metadata: annotated("reconcile", "disabled"),
    });
    await api.apply(yaml(settings("tended", "b", { theirs: "1" })), "another-controller");
  },
  change: { "flux/x.yaml": yaml(settings("tended", "x", { k: "2" })) },
};

export const resourceSetScenarios: readonly ChangeScenario[] = [
  fanOut,
  permuted,
  selectedProviders,
  copied,
  ordered,
  replaced,
  withdrawn,
  tended,
];
