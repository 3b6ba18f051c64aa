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
  /** Path of all objects of a kind, in one namespace or in all; waits a little for a kind that was just added. */
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

const attempts = 80;

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
    for (let attempt = 0; attempt < attempts; attempt++) {
      const found = list.find((one) => one.kind === kind);
      if (found !== undefined) return found;
      if (attempt > 0) await pause(100);
      list = await resources(apiVersion);
    }
    throw new Error(`the cluster knows no ${kind} of ${apiVersion}`);
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
