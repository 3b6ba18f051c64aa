/** A small client of the Kubernetes API for tests: server-side apply, get, list, patch, delete, and waiting. */
import { parseAllDocuments } from "yaml";

import { discover } from "./kube-discovery.ts";
import type { Discovery, Resource } from "./kube-discovery.ts";
import { openTransport } from "./kube-transport.ts";
import type { Credentials, Send, Transport } from "./kube-transport.ts";
import { pause } from "./process.ts";

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generation?: number;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

export interface KubeApi {
  /** One request as it is; `contentType` only with a body. */
  readonly request: Send;
  /** Server-side apply with force. `object` is an object, or YAML text with one or more documents. */
  apply(object: KubeObject | string, manager?: string): Promise<void>;
  get(ref: Ref): Promise<KubeObject | undefined>;
  list(apiVersion: string, kind: string, namespace?: string): Promise<readonly KubeObject[]>;
  /** JSON merge patch; `subresource` is `status` for instance. */
  patch(ref: Ref, patch: object, subresource?: string): Promise<KubeObject>;
  delete(ref: Ref): Promise<void>;
  /** Resources of one group and version; without a watch on changes, so ask again after adding a CRD. */
  resources(apiVersion: string): Promise<readonly Resource[]>;
  /** Resolves with the object when `isSo` says yes; rejects with the last state when it takes too long. */
  waitFor(ref: Ref, isSo: (object: KubeObject) => boolean, patience?: number): Promise<KubeObject>;
  close(): void;
}

export function openApi(server: string, credentials: Credentials): KubeApi {
  const transport = openTransport(server, credentials);
  const discovery = discover(transport);
  const get: KubeApi["get"] = (ref) => getObject(ref, transport, discovery);
  const accepted = (...request: Parameters<Send>): Promise<KubeObject> =>
    acceptedAnswer(transport, request);
  return {
    request: transport.send,
    resources: (apiVersion) => discovery.resources(apiVersion),
    get: (ref) => get(ref),
    async apply(object, manager = "test") {
      const objects = typeof object === "string" ? parseObjects(object) : [object];
      for (const one of objects) {
        const path = `${await discovery.object(refOf(one))}?fieldManager=${manager}&force=true`;
        await accepted("PATCH", path, one, "application/apply-patch+yaml");
      }
    },
    async list(apiVersion, kind, namespace) {
      const list = await accepted("GET", await discovery.collection(apiVersion, kind, namespace));
      const items = list["items"] as readonly KubeObject[];
      return items.map((item) => ({ ...item, apiVersion, kind }));
    },
    async patch(ref, patch, subresource) {
      const path = `${await discovery.object(ref)}${subresource === undefined ? "" : `/${subresource}`}`;
      return accepted("PATCH", path, patch, "application/merge-patch+json");
    },
    async delete(ref) {
      const path = await discovery.object(ref);
      const answer = await transport.sendPatiently("DELETE", path);
      if (answer.status >= 300 && answer.status !== 404)
        throw new Error(`DELETE ${path}: ${answer.body}`);
    },
    async waitFor(ref, isSo, patience = 600_000) {
      const deadline = performance.now() + patience;
      for (;;) {
        const last = await get(ref);
        if (last !== undefined && isSo(last)) return last;
        if (performance.now() > deadline)
          throw new Error(`${ref.kind} ${ref.name} is not so: ${JSON.stringify(last?.status)}`);
        await pause(50);
      }
    },
    close: () => transport.close(),
  };
}

async function getObject(
  ref: Ref,
  { sendPatiently }: Transport,
  discovery: Discovery,
): Promise<KubeObject | undefined> {
  const answer = await sendPatiently("GET", await discovery.object(ref));
  if (answer.status === 404) return undefined;
  if (answer.status >= 300) throw new Error(`${ref.kind} ${ref.name}: ${answer.body}`);
  return JSON.parse(answer.body) as KubeObject;
}

async function acceptedAnswer(
  { sendPatiently }: Transport,
  request: Parameters<Send>,
): Promise<KubeObject> {
  const answer = await sendPatiently(...request);
  if (answer.status >= 300)
    throw new Error(`${request[0]} ${request[1]}: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body) as KubeObject;
}

function refOf(object: KubeObject): Ref {
  const { namespace, name } = object.metadata;
  const { apiVersion, kind } = object;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Objects of a YAML text; empty documents are left out. */
export function parseObjects(text: string): readonly KubeObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

export function condition(object: KubeObject, type = "Ready"): Condition | undefined {
  const conditions = object.status?.["conditions"] as readonly Condition[] | undefined;
  return conditions?.find((one) => one.type === type);
}

/**
 * True when the controller has dealt with the newest spec and says Ready. Controllers write the conditions first and the rest
 * of the status after them, the generation of a success included.
 */
export function isReady(object: KubeObject): boolean {
  const observed = object.status?.["observedGeneration"];
  const isWhole = observed === undefined || observed === object.metadata.generation;
  return isWhole && isObserved(object) && condition(object)?.status === "True";
}

/** True when the controller has dealt with the newest spec and says that it is not Ready. */
export function isFailed(object: KubeObject): boolean {
  return isObserved(object) && condition(object)?.status === "False";
}

function isObserved(object: KubeObject): boolean {
  const observed = condition(object)?.observedGeneration;
  return observed === undefined || observed === object.metadata.generation;
}
