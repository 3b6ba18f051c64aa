/** What a cluster says about itself as a whole: versions, kinds, and how its Flux controllers run. */
import type { FluxMinor } from "../../engine/protocol.ts";
import { isObject, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Live } from "../../ports.ts";
import { send } from "../ask/gate.ts";
import { servedKinds } from "../ask/kinds.ts";
import { listObjects } from "../ask/read.ts";
import type { ClusterFacts } from "../facts.ts";

export type GeneralFacts = Pick<
  ClusterFacts,
  "kubeVersion" | "apiVersions" | "flux" | "featureGates" | "flags"
>;

/** What can't be read stays open, as without a cluster. */
export async function readGeneralFacts(live: Live, signal?: AbortSignal): Promise<GeneralFacts> {
  const [kubeVersion, apiVersions, deployments] = await Promise.all([
    readKubeVersion(live, signal),
    readApiVersions(live, signal),
    readControllers(live, signal),
  ]);
  return {
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    ...(apiVersions === undefined ? {} : { apiVersions }),
    ...(deployments.length === 0 ? {} : controllerFacts(deployments)),
  };
}

async function readKubeVersion(
  live: Live,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { status, body } = await send(live, { verb: "get", path: "/version" }, signal);
  if (status !== 200) return undefined;
  const version = textAt(parsedObject(body), "gitVersion");
  // Distributions append `+k3s1`, `-gke.100`, which charts see as well.
  return version !== undefined && /^v\d+\.\d+\.\d+/.test(version) ? version : undefined;
}

function parsedObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readApiVersions(
  live: Live,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | undefined> {
  const kinds = await servedKinds(live, signal);
  if (kinds.outcome !== "known") return undefined;
  const all = new Set<string>();
  for (const { group, version, kind } of kinds.versions.values()) {
    const groupVersion = group === "" ? version : `${group}/${version}`;
    all.add(groupVersion);
    all.add(`${groupVersion}/${kind}`);
  }
  return [...all].sort();
}

const controllerLabels = "app.kubernetes.io/part-of=flux";

/** Where they all can't be listed, those in the usual namespace may be. */
async function readControllers(
  live: Live,
  signal: AbortSignal | undefined,
): Promise<readonly JsonObject[]> {
  const kind = { group: "apps", kind: "Deployment", labelSelector: controllerLabels };
  const everywhere = await listObjects(live, kind, signal);
  if (everywhere.outcome === "found") return everywhere.objects;
  const usual = await listObjects(live, { ...kind, namespace: "flux-system" }, signal);
  return usual.outcome === "found" ? usual.objects : [];
}

function controllerFacts(deployments: readonly JsonObject[]): GeneralFacts {
  const controllers = deployments.map(controllerOf);
  const flux = fluxOf(controllers);
  const gates: Record<string, boolean> = {};
  // kustomize-controller comes last: where two have a gate of one name, what it says decides most renders.
  const ordered = [...controllers].sort((a, b) => Number(isMain(a)) - Number(isMain(b)));
  for (const { args } of ordered) Object.assign(gates, gatesOf(args));
  return {
    ...(flux === undefined ? {} : { flux }),
    featureGates: gates,
    flags: {
      noCrossNamespaceRefs: controllers
        .filter(({ args }) => isOn(args, "no-cross-namespace-refs"))
        .map(({ name }) => name)
        .sort(),
      noRemoteBases: controllers.some(({ args }) => isOn(args, "no-remote-bases")),
    },
  };
}

interface Controller {
  readonly name: string;
  readonly version: string | undefined;
  readonly image: string;
  readonly args: readonly string[];
}

function controllerOf(deployment: JsonObject): Controller {
  const { labels } = objectAt(deployment, "metadata");
  const containers = listAt(deployment, "spec", "template", "spec", "containers").filter(isObject);
  const manager = containers.find(({ name }) => name === "manager") ?? containers[0];
  return {
    name: textAt(deployment, "metadata", "name") ?? "",
    version: textAt(labels, "app.kubernetes.io/version"),
    image: textAt(manager, "image") ?? "",
    args: listAt(manager, "args").filter((arg): arg is string => typeof arg === "string"),
  };
}

function isMain({ name }: Controller): boolean {
  return name === "kustomize-controller";
}

const oldest = 6;
const newest = 9;

/**
 * The minor of the label that the install manifests set, or of kustomize-controller's image: since Flux 2.6 its minor is the
 * same. Older and newer ones count as the nearest that is known.
 */
function fluxOf(controllers: readonly Controller[]): FluxMinor | undefined {
  const labelled = controllers.flatMap(
    ({ version }) => /^v?2\.(\d+)\./.exec(version ?? "")?.[1] ?? [],
  );
  const tagged = controllers
    .filter(isMain)
    .flatMap(({ image }) => /:v?1\.(\d+)\./.exec(image)?.[1] ?? []);
  const minor = labelled[0] ?? tagged[0];
  if (minor === undefined) return undefined;
  return `2.${Math.min(newest, Math.max(oldest, Number(minor)))}` as FluxMinor;
}

function gatesOf(args: readonly string[]): Readonly<Record<string, boolean>> {
  const given = args.flatMap((arg, at) => {
    if (arg === "--feature-gates") return (args[at + 1] ?? "").split(",");
    return arg.startsWith("--feature-gates=") ? arg.slice(16).split(",") : [];
  });
  return Object.fromEntries(
    given.flatMap((gate): readonly (readonly [string, boolean])[] => {
      const [name = "", value = ""] = gate.split("=").map((part) => part.trim());
      return name === "" ? [] : [[name, value.toLowerCase() === "true"]];
    }),
  );
}

function isOn(args: readonly string[], flag: string): boolean {
  return args.includes(`--${flag}`) || args.includes(`--${flag}=true`);
}
