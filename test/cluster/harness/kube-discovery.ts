/** Finds the paths of objects: which plural a kind has, and whether it is namespaced. */
import type { Transport } from "./kube-transport.ts";
import { pause } from "./process.ts";

export interface Resource {
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface Discovery {
  /** Resources of one group and version, asked anew each time. */
  resources(apiVersion: string): Promise<readonly Resource[]>;
  /** Path of all objects of a kind, in one namespace or in all; waits for a kind that was just added. */
  collection(apiVersion: string, kind: string, namespace?: string): Promise<string>;
  object(ref: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  }): Promise<string>;
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

/** Milliseconds to wait for a kind that was just added; no measure of anything. */
const patience = 300_000;

export function discover({ sendPatiently }: Transport): Discovery {
  const known = new Map<string, readonly Resource[]>();
  const resources: Discovery["resources"] = async (apiVersion) => {
    const answer = await sendPatiently("GET", groupPath(apiVersion));
    if (answer.status !== 200) return [];
    const found = (JSON.parse(answer.body) as ResourceList).resources
      .filter(({ name }) => !name.includes("/"))
      .map(({ name, kind, namespaced }) => ({ plural: name, kind, namespaced }));
    known.set(apiVersion, found);
    return found;
  };
  const resource = async (apiVersion: string, kind: string): Promise<Resource> => {
    let list = known.get(apiVersion) ?? [];
    const deadline = performance.now() + patience;
    for (;;) {
      const found = list.find((one) => one.kind === kind);
      if (found !== undefined) return found;
      if (performance.now() > deadline)
        throw new Error(`the cluster knows no ${kind} of ${apiVersion}`);
      list = await resources(apiVersion);
      if (!list.some((one) => one.kind === kind)) await pause(50);
    }
  };
  return {
    resources,
    async collection(apiVersion, kind, namespace) {
      const { plural } = await resource(apiVersion, kind);
      const place = namespace === undefined ? "" : `/namespaces/${namespace}`;
      return `${groupPath(apiVersion)}${place}/${plural}`;
    },
    async object({ apiVersion, kind, namespace, name }) {
      const { plural, namespaced } = await resource(apiVersion, kind);
      const place = namespaced ? `/namespaces/${namespace ?? "default"}` : "";
      return `${groupPath(apiVersion)}${place}/${plural}/${encodeURIComponent(name)}`;
    },
  };
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
