/**
 * What helm-controller would do with a release, as far as templates can tell: install or upgrade, and the revision. With a
 * cluster it follows from what Helm stored there (`fluxcd/helm-controller internal/reconcile/state.go`), else from the options.
 */
import { flagAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { StoredRelease } from "../live/facts.ts";
import type { FileTree } from "../ports.ts";
import type { RenderContext } from "./context.ts";
import { previousRelease, storageNamespace } from "./previous-release.ts";
import type { KnownPrevious } from "./previous-release.ts";
import type { HelmNode } from "./helm-release.ts";
import { releaseName } from "./release-name.ts";

type Now = Parameters<typeof previousRelease>[1];

export interface NextRelease {
  readonly isUpgrade: boolean;
  readonly revision: number;
  readonly previous: KnownPrevious | undefined;
}

export function nextRelease(node: HelmNode, now: Now, context: RenderContext): NextRelease {
  const stored = storedFor(node.object, context);
  if (stored === undefined) {
    const isUpgrade = context.options.helm === "upgrade";
    const previous = previousRelease(node, now, context);
    return { isUpgrade, revision: isUpgrade ? 2 : 1, previous };
  }
  if (stored === null) return { isUpgrade: false, revision: 1, previous: undefined };
  // One that was uninstalled and kept its history is installed anew, and the revisions go on.
  if (stored.status === "uninstalled")
    return { isUpgrade: false, revision: stored.revision + 1, previous: undefined };
  return {
    isUpgrade: true,
    revision: stored.revision + 1,
    previous: previousOf(stored, node.object, context),
  };
}

function storedFor(object: JsonObject, { facts }: RenderContext): StoredRelease | null | undefined {
  const name = releaseName(object);
  if (facts === undefined || name === undefined) return undefined;
  return facts.release(storageNamespace(object), name);
}

const synthetic = new WeakMap<StoredRelease, FileTree>();

function previousOf(
  stored: StoredRelease,
  object: JsonObject,
  { memory }: RenderContext,
): KnownPrevious {
  const storage = storageNamespace(object);
  const release = {
    name: stored.name,
    namespace: stored.namespace,
    storageNamespace: storage,
    chartName: stored.chart.name,
  };
  if (!flagAt(object, "spec", "upgrade", "preserveValues")) return { release, trees: new Map() };
  const artifact = memory.artifactId(`stored|${storage}/${stored.name}|${stored.revision}`);
  let tree = synthetic.get(stored);
  if (tree === undefined) {
    tree = chartTree(stored);
    synthetic.set(stored, tree);
  }
  return {
    release: { ...release, kept: keptOf(stored, artifact) },
    trees: new Map([[artifact, tree]]),
  };
}

/** Name of the Secret in which the stored values stand for the render. */
const holder = "sluice-stored-values";

/**
 * The values that were given go in as those of a Secret: some of them may come from one, and nothing says which. So all of them
 * are digested wherever the render is shown.
 */
function keptOf(
  stored: StoredRelease,
  artifact: string,
): NonNullable<KnownPrevious["release"]["kept"]> {
  const { namespace } = stored;
  return {
    chart: {
      artifact,
      form: "directory",
      path: "",
      valuesFiles: [],
      ignoreMissingValuesFiles: false,
    },
    helmRelease: {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name: stored.name, namespace },
      spec: { valuesFrom: [{ kind: "Secret", name: holder }] },
    },
    objects: [
      {
        kind: "Secret",
        namespace,
        name: holder,
        data: { "values.yaml": JSON.stringify(stored.config) },
      },
    ],
    assumed: [],
    remotes: [],
  };
}

/** The chart as Helm reads it from its storage: default values without subcharts. */
function chartTree({ chart }: StoredRelease): FileTree {
  const files = [
    ["Chart.yaml", JSON.stringify({ apiVersion: "v2", name: chart.name, version: chart.version })],
    ["values.yaml", JSON.stringify(chart.values ?? {})],
  ] as const;
  return {
    label: `stored chart ${chart.name}`,
    revision: chart.version,
    files: new Map(
      files.map(([path, text]) => {
        const bytes = new TextEncoder().encode(text);
        // Content is its own identity: it is never compared with Git.
        return [path, { id: `stored:${text}`, size: bytes.length, kind: "file" as const, bytes }];
      }),
    ),
  };
}
