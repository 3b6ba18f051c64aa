/**
 * The contexts of the kubeconfig and the sessions on those that somebody connected to. Nothing is executed or contacted for
 * the others. A kubeconfig that changes is read again, and a session whose entry changed starts anew.
 */
import type { FSWatcher } from "node:fs";
import { watch } from "node:fs";
import { basename, dirname } from "node:path";

import type { JsonObject } from "#simulator";
import { ConnectionError, kubeconfigFiles, readKubeconfig } from "#simulator/cluster";
import type { Kubeconfig } from "#simulator/cluster";

import { LiveIndex } from "../model/cluster/live-index.ts";
import type { ClusterView } from "../model/cluster/live-tree.ts";
import { ManagedObjects } from "./managed-objects.ts";
import { Permissions } from "./permissions.ts";
import type { SessionPorts, SessionTarget } from "./session.ts";
import { ClusterSession } from "./session.ts";

export interface ClustersPorts extends Omit<SessionPorts, "target"> {
  /** The setting; empty for `$KUBECONFIG` and the usual place. */
  readonly kubeconfig: () => string;
  /** Namespaces to try where a cluster may not be listed as a whole. */
  readonly namespaces: () => readonly string[];
  /** Whether the workspace is trusted: otherwise nothing is contacted. */
  readonly trusted: () => boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => number;
}

export type ClustersChange =
  /** Contexts, the state of a connection, or what may be done there. */
  | { readonly kind: "clusters" }
  /** Nodes of these objects may look different. */
  | { readonly kind: "objects"; readonly context: string; readonly ids: ReadonlySet<string> }
  /** What this object manages is known now. */
  | { readonly kind: "managed"; readonly context: string; readonly owner: string };

interface Open {
  readonly session: ClusterSession;
  readonly index: LiveIndex;
  readonly managed: ManagedObjects;
  readonly permissions: Permissions;
  /** The entries it was opened with. */
  readonly entries: string;
}

/** Editors write a file in several steps. */
const settle = 100;

export class Clusters {
  readonly #ports: ClustersPorts;
  readonly #open = new Map<string, Open>();
  readonly #listeners = new Set<(change: ClustersChange) => void>();
  readonly #nothing: LiveIndex;
  #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #kubeconfig: Kubeconfig | undefined;

  constructor(ports: ClustersPorts) {
    this.#ports = ports;
    this.#nothing = new LiveIndex(ports.now);
  }

  /** What the kubeconfig says; absent before `load`. */
  get kubeconfig(): Kubeconfig | undefined {
    return this.#kubeconfig;
  }

  onDidChange(listener: (change: ClustersChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  session(context: string): ClusterSession | undefined {
    return this.#open.get(context)?.session;
  }

  index(context: string): LiveIndex {
    return this.#open.get(context)?.index ?? this.#nothing;
  }

  sessions(): readonly ClusterSession[] {
    return [...this.#open.values()].map(({ session }) => session);
  }

  /** All contexts, those with a session first. */
  views(): readonly ClusterView[] {
    const contexts = this.#kubeconfig?.contexts ?? [];
    const all = contexts.map(({ name }) => this.#view(name));
    return [...all.filter(({ state }) => state), ...all.filter(({ state }) => !state)];
  }

  /** Reads the kubeconfig and watches its files. */
  async load(): Promise<void> {
    const files = kubeconfigFiles(this.#ports.kubeconfig(), this.#ports.env);
    const read = await readKubeconfig(files);
    this.#watch(files);
    this.#kubeconfig = read;
    for (const [context, { entries }] of this.#open) {
      if (!read.contexts.some(({ name }) => name === context)) this.disconnect(context);
      else if (entriesOf(read, context) !== entries) this.#reconnect(context);
    }
    this.#tell({ kind: "clusters" });
  }

  /** Does nothing when there is a session already. */
  connect(context: string): ClusterSession {
    const before = this.#open.get(context);
    if (before !== undefined && before.session.state.kind !== "failed") return before.session;
    if (!this.#ports.trusted())
      throw new ConnectionError(
        "kubeconfig",
        "The workspace is not trusted: no cluster is contacted.",
      );
    this.disconnect(context);
    const session = new ClusterSession(context, {
      ...this.#ports,
      target: () => this.#target(context),
    });
    const index = new LiveIndex(this.#ports.now);
    const managed = new ManagedObjects(session, (owner) =>
      this.#tell({ kind: "managed", context, owner }),
    );
    const permissions = new Permissions(session, () => this.#tell({ kind: "clusters" }));
    const entries = this.#kubeconfig === undefined ? "" : entriesOf(this.#kubeconfig, context);
    this.#open.set(context, { session, index, managed, permissions, entries });
    session.onDidChangeState(() => this.#tell({ kind: "clusters" }));
    session.store.onDidChange((changed) => {
      const ids = index.update(changed, (id) => session.store.get(id));
      this.#tell({ kind: "objects", context, ids });
    });
    void session.run();
    this.#tell({ kind: "clusters" });
    return session;
  }

  disconnect(context: string): void {
    const open = this.#open.get(context);
    if (open === undefined) return;
    this.#open.delete(context);
    open.session.close();
    this.#tell({ kind: "clusters" });
  }

  /** Tells about changes that are still being bundled: somebody looks now. */
  flush(): void {
    for (const { session } of this.#open.values()) session.store.flush();
  }

  /** Judges again what depends on the clock. */
  tick(): void {
    for (const [context, { index, session }] of this.#open) {
      const ids = index.update(index.ageing(), (id) => session.store.get(id));
      if (ids.size > 0) this.#tell({ kind: "objects", context, ids });
    }
  }

  /** Asks again for what is looked at below appliers, and for what may be done. */
  forgetManaged(): void {
    for (const { managed, permissions } of this.#open.values()) {
      managed.forget();
      permissions.forget();
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.splice(0)) watcher.close();
    this.#listeners.clear();
    for (const context of this.#open.keys()) this.disconnect(context);
  }

  #view(context: string): ClusterView {
    const open = this.#open.get(context);
    return {
      context,
      ...(open === undefined ? {} : { state: open.session.state }),
      index: open?.index ?? this.#nothing,
      isCurrent: context === this.#kubeconfig?.currentContext,
      managed: (owner, id) => open?.managed.view(owner, id) ?? { kind: "asking" },
      may: (verb, ref) => open?.permissions.may(verb, ref) ?? "asking",
    };
  }

  /** Read anew each time: tokens in the file may have been renewed. */
  async #target(context: string): Promise<SessionTarget> {
    const read = await readKubeconfig(kubeconfigFiles(this.#ports.kubeconfig(), this.#ports.env));
    const entry = read.contexts.find(({ name }) => name === context);
    if (entry === undefined)
      throw new ConnectionError("kubeconfig", `The kubeconfig has no context ${context}.`);
    const cluster = read.clusters.get(entry.cluster);
    if (cluster === undefined)
      throw new ConnectionError(
        "kubeconfig",
        `The kubeconfig has no cluster ${entry.cluster}, which context ${context} names.`,
      );
    const namespaces = [...this.#ports.namespaces(), entry.namespace ?? "default"];
    return {
      name: context,
      cluster,
      user: read.users.get(entry.user) ?? {},
      namespaces: [...new Set(namespaces)],
    };
  }

  #reconnect(context: string): void {
    this.#ports.log(`${context}: the kubeconfig changed, connecting again`);
    this.disconnect(context);
    if (this.#ports.trusted()) this.connect(context);
  }

  #watch(files: readonly string[]): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
    // Folders are watched: a file that is replaced would take its watcher with it.
    const names = new Set(files.map((file) => basename(file)));
    for (const folder of new Set(files.map((file) => dirname(file)))) {
      try {
        const watcher = watch(folder, { persistent: false }, (_, name) => {
          if (name === null || names.has(name)) this.#reload();
        });
        watcher.on("error", () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // There is no such folder: nothing to watch until the next load.
      }
    }
  }

  #reload(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.load().catch((error: unknown) => this.#ports.log(`kubeconfig: ${String(error)}`));
    }, settle);
  }

  #tell(change: ClustersChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** What has to stay the same for a session to go on. Never leaves this file: it holds credentials. */
function entriesOf({ contexts, clusters, users }: Kubeconfig, context: string): string {
  const entry = contexts.find(({ name }) => name === context);
  const parts: readonly (JsonObject | undefined)[] = [
    clusters.get(entry?.cluster ?? ""),
    users.get(entry?.user ?? ""),
  ];
  return JSON.stringify([entry, ...parts]);
}
