/**
 * Health of what appliers manage, asked for only when somebody expands one: single requests for a few objects, one labelled
 * list where there are many. Of Secrets and ConfigMaps only the metadata ever arrives here.
 */
import {
  groupOf,
  inventoryRefs,
  isObject,
  listAt,
  managedStatus,
  objectId,
  ownerSelector,
  refOf,
  resourcePath,
} from "#simulator";
import type { JsonObject, ObjectRef } from "#simulator";
import { isStatus, StatusError } from "#simulator/cluster";

import type { LiveEntry } from "../model/cluster/live-index.ts";
import type { ManagedView } from "../model/cluster/live-node.ts";
import type { ApiResource } from "./discovery.ts";
import type { ClusterSession } from "./session.ts";

interface Known {
  readonly version: string;
  readonly at: number;
  readonly views: Map<string, ManagedView>;
}

/** Milliseconds before the health below an applier that changed is asked for again. */
const patience = 5000;
/** More objects of one kind and namespace than this are listed at once. */
const mostSingle = 20;
const sideBySide = 6;

/** Kinds whose content is nobody's business in a tree. */
const metadataOnly = new Set(["Secret", "ConfigMap"]);
const asMetadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const asMetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

export class ManagedObjects {
  readonly #session: ClusterSession;
  readonly #known = new Map<string, Known>();
  readonly #answered: (owner: string) => void;

  /** `answered` is called with the id of an applier whose objects are known now. */
  constructor(session: ClusterSession, answered: (owner: string) => void) {
    this.#session = session;
    this.#answered = answered;
  }

  view(owner: LiveEntry, id: string): ManagedView {
    const { live } = owner;
    const known = this.#known.get(live.id);
    const old = known !== undefined && known.version !== live.resourceVersion;
    if (known === undefined || (old && performance.now() - known.at > patience)) this.#ask(owner);
    return known?.views.get(id) ?? { kind: "asking" };
  }

  /** Asks again for everything that is looked at. */
  forget(): void {
    this.#known.clear();
  }

  #ask({ live }: LiveEntry): void {
    const views = new Map(this.#known.get(live.id)?.views);
    const known = { version: live.resourceVersion, at: performance.now(), views };
    this.#known.set(live.id, known);
    void this.#fetch(live.ref, inventoryRefs(live.inventory), views)
      .catch(() => {
        // Shown as not known; asked again the next time.
        if (this.#known.get(live.id) === known) this.#known.delete(live.id);
      })
      .finally(() => {
        if (!this.#session.signal.aborted) this.#answered(live.id);
      });
  }

  async #fetch(
    owner: ObjectRef,
    refs: readonly ObjectRef[],
    views: Map<string, ManagedView>,
  ): Promise<void> {
    const groups = new Map<string, ObjectRef[]>();
    for (const ref of refs) {
      const key = `${groupOf(ref.apiVersion)}/${ref.kind}/${ref.namespace}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [ref]);
      else group.push(ref);
    }
    const jobs = [...groups.values()].flatMap((group) => this.#jobs(owner, group, views));
    const workers = Array.from({ length: sideBySide }, async () => {
      for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) await job();
    });
    await Promise.all(workers);
  }

  #jobs(
    owner: ObjectRef,
    refs: readonly ObjectRef[],
    views: Map<string, ManagedView>,
  ): readonly (() => Promise<void>)[] {
    const [first] = refs;
    if (first === undefined) return [];
    const resource = this.#session.resource(groupOf(first.apiVersion), first.kind);
    if (resource === undefined) {
      for (const ref of refs) views.set(objectId(ref), { kind: "missing" });
      return [];
    }
    const selector = ownerSelector(owner);
    if (refs.length > mostSingle && selector !== undefined)
      return [() => this.#list(resource, refs, selector, views)];
    return refs.map((ref) => () => this.#get(resource, ref, views));
  }

  async #get(
    resource: ApiResource,
    ref: ObjectRef,
    views: Map<string, ManagedView>,
  ): Promise<void> {
    const path = resourcePath(resource, ref.namespace, ref.name);
    const accept = metadataOnly.has(ref.kind) ? { accept: asMetadata } : {};
    const view = await this.#session.api
      .json({ path, ...accept }, this.#session.signal)
      .then((object) => found(object, ref.kind))
      .catch(refused);
    views.set(objectId(ref), view);
  }

  async #list(
    resource: ApiResource,
    refs: readonly ObjectRef[],
    labelSelector: string,
    views: Map<string, ManagedView>,
  ): Promise<void> {
    const path = resourcePath(resource, refs[0]?.namespace ?? "");
    const accept = metadataOnly.has(resource.kind) ? { accept: asMetadataList } : {};
    const query = { labelSelector };
    const list = await this.#session.api
      .json({ path, query, ...accept }, this.#session.signal)
      .catch((error: unknown) => refused(error));
    if ("kind" in list && (list.kind === "forbidden" || list.kind === "missing")) {
      for (const ref of refs) views.set(objectId(ref), list as ManagedView);
      return;
    }
    for (const ref of refs) views.set(objectId(ref), { kind: "missing" });
    const { group, version, kind } = resource;
    const apiVersion = group === "" ? version : `${group}/${version}`;
    for (const item of listAt(list as JsonObject, "items").filter(isObject)) {
      const ref = refOf({ ...item, apiVersion, kind });
      if (ref !== undefined) views.set(objectId(ref), found(item, kind));
    }
  }
}

function found(object: JsonObject, kind: string): ManagedView {
  return { kind: "found", status: managedStatus({ ...object, kind }) };
}

function refused(error: unknown): ManagedView {
  if (isStatus(error, 404)) return { kind: "missing" };
  if (error instanceof StatusError) return { kind: "forbidden" };
  throw error;
}
