/**
 * One connection to one context: everything it started ends with its signal. Connects, discovers, watches every kind of
 * interest, and says how it is going; what the objects mean is for others.
 */
import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

import type { JsonObject } from "#simulator";
import { ConnectionError, KubeApi, openContext } from "#simulator/cluster";
import type { Endpoint, KubeClient } from "#simulator/cluster";

import type { SessionState } from "../model/cluster/session-state.ts";
import type { ApiResource, ServedKinds } from "./discovery.ts";
import { discover, fluxLabelled, kindKey, serverVersion, watchedKinds } from "./discovery.ts";
import { ObjectStore } from "./object-store.ts";
import type { ReflectorState, ReflectorTiming } from "./reflector.ts";
import { reflect, usualTiming } from "./reflector.ts";

/** What a context of a kubeconfig resolves to at the moment of asking. */
export interface SessionTarget {
  readonly name: string;
  readonly cluster: JsonObject;
  readonly user: JsonObject;
  /** Namespaces to fall back to where the whole cluster may not be listed. */
  readonly namespaces: readonly string[];
}

export interface SessionPorts {
  /** Reads the kubeconfig again: tokens in it may be new. */
  readonly target: () => Promise<SessionTarget>;
  /** Loads the Kubernetes client. */
  readonly client: () => Promise<KubeClient>;
  readonly log: (message: string) => void;
  readonly timing?: Partial<SessionTiming>;
}

export interface SessionTiming extends ReflectorTiming {
  /** Milliseconds for the first answer of the API server; logging in is not counted. */
  readonly contact: number;
  /** Milliseconds between two discoveries. */
  readonly rediscover: number;
}

export class ClusterSession {
  readonly context: string;
  readonly store = new ObjectStore();
  readonly api: KubeApi;
  readonly #ports: SessionPorts;
  readonly #timing: SessionTiming;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #watched = new Map<string, ReflectorState>();
  #served: ServedKinds = new Map();
  #state: SessionState = { kind: "connecting", step: "Reading the kubeconfig" };

  constructor(context: string, ports: SessionPorts) {
    this.context = context;
    this.#ports = ports;
    // Every watch listens to it.
    setMaxListeners(0, this.#abort.signal);
    this.#timing = { ...usualTiming, contact: 10_000, rediscover: 300_000, ...ports.timing };
    this.api = new KubeApi((renew, signal) => this.#open(renew, signal));
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Aborted when the session ends. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  onDidChangeState(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The kind as this server serves it. */
  resource(group: string, kind: string): ApiResource | undefined {
    return this.#served.get(kindKey({ group, kind }));
  }

  /** Ends when the session ends or could not begin. Never rejects. */
  async run(): Promise<void> {
    try {
      await this.#connect();
      for (;;) {
        await delay(this.#timing.rediscover, undefined, { signal: this.signal });
        await this.#discover(this.signal).catch((error: unknown) =>
          this.#ports.log(`${this.context}: discovery failed: ${String(error)}`),
        );
      }
    } catch (error) {
      if (!this.signal.aborted) this.#fail(error);
    }
  }

  close(): void {
    this.#abort.abort(new DOMException("The session ended.", "AbortError"));
    this.#listeners.clear();
    this.store.dispose();
    this.api.close();
  }

  async #connect(): Promise<void> {
    // Logging in may take a person's time; only then the clock of the first contact starts.
    await this.api.warmUp(this.signal);
    this.#set({ kind: "connecting", step: "Waiting for the API server" });
    const deadline = AbortSignal.timeout(this.#timing.contact);
    const signal = AbortSignal.any([this.signal, deadline]);
    try {
      const version = await serverVersion(this.api, signal);
      await this.#discover(signal, version);
    } catch (error) {
      if (!deadline.aborted || this.signal.aborted) throw error;
      throw new ConnectionError(
        "unreachable",
        `The API server did not answer within ${this.#timing.contact / 1000} s.`,
      );
    }
  }

  async #discover(signal: AbortSignal, version?: string): Promise<void> {
    this.#served = await discover(this.api, signal);
    const kinds = watchedKinds(this.#served, await fluxLabelled(this.api, this.#served, signal));
    const known = this.#state.kind === "connected" ? this.#state.version : "";
    this.#set({ kind: "connected", version: version ?? known, ...this.#summary(kinds.length) });
    for (const resource of kinds) this.#watch(resource, "");
  }

  #watch(resource: ApiResource, namespace: string): void {
    const scope = namespace === "" ? kindKey(resource) : `${kindKey(resource)} ${namespace}`;
    if (this.#watched.has(scope)) return;
    this.#note(scope, { kind: "listing" });
    const { api, store } = this;
    const target = { api, resource, namespace, timing: this.#timing };
    const sink = {
      changed: (objects: readonly JsonObject[]) => store.put(scope, objects),
      deleted: (object: JsonObject) => store.remove(scope, object),
      listed: (uids: ReadonlySet<string>) => store.retain(scope, uids),
      state: (state: ReflectorState) => this.#note(scope, state),
    };
    void reflect(target, sink, this.signal).then(() => this.#ended(resource, namespace, scope));
  }

  /** A reflector ended: try the namespaces where the whole cluster is forbidden; forget what is no longer served. */
  async #ended(resource: ApiResource, namespace: string, scope: string): Promise<void> {
    if (this.signal.aborted) return;
    const state = this.#watched.get(scope);
    if (state?.kind === "not-served") {
      this.store.forget(scope);
      this.#watched.delete(scope);
    } else if (state?.kind === "forbidden" && namespace === "") {
      const { namespaces } = await this.#ports.target().catch(() => ({ namespaces: [] }));
      if (this.signal.aborted) return;
      for (const one of namespaces) this.#watch(resource, one);
    }
    this.#publish();
  }

  async #open(renew: boolean, signal: AbortSignal): Promise<Endpoint> {
    const target = await this.#ports.target();
    const signingIn = (): void => {
      this.#ports.log(`${target.name}: running the exec plugin${renew ? " again" : ""}`);
      this.#set({ kind: "connecting", step: "Signing in" }, "unless-connected");
    };
    return openContext(target, { signingIn, client: this.#ports.client }, signal);
  }

  #fail(error: unknown): void {
    const known = error instanceof ConnectionError;
    const message = error instanceof Error ? error.message : String(error);
    this.#ports.log(
      `${this.context}: ${message}${known && error.detail ? `: ${error.detail}` : ""}`,
    );
    this.#set({
      kind: "failed",
      problem: known ? error.problem : "unreachable",
      message,
      detail: known ? error.detail : "",
    });
    this.api.close();
  }

  #note(scope: string, state: ReflectorState): void {
    if (this.signal.aborted) return;
    const before = this.#watched.get(scope);
    this.#watched.set(scope, state);
    if (state.kind !== before?.kind && state.kind === "forbidden")
      this.#ports.log(`${this.context}: ${state.message}`);
    this.#publish();
  }

  #publish(): void {
    if (this.#state.kind !== "connected") return;
    const { version, kinds } = this.#state;
    this.#set({ kind: "connected", version, ...this.#summary(kinds) });
  }

  #summary(kinds: number): Omit<Extract<SessionState, { kind: "connected" }>, "kind" | "version"> {
    const all = [...this.#watched];
    const broken = all.find(([, { kind }]) => kind === "unauthorized" || kind === "retrying")?.[1];
    return {
      kinds,
      loading: all.some(([, { kind }]) => kind === "listing"),
      restricted: all.flatMap(([scope, { kind }]) =>
        kind === "forbidden" && !this.#hasNamespaced(scope) ? [scope] : [],
      ),
      ...(broken !== undefined && "message" in broken ? { interrupted: broken.message } : {}),
    };
  }

  /** Whether some namespace of this kind may be read although the whole cluster may not. */
  #hasNamespaced(scope: string): boolean {
    if (scope.includes(" ")) return true;
    return [...this.#watched].some(
      ([other, { kind }]) => other.startsWith(`${scope} `) && kind !== "forbidden",
    );
  }

  #set(state: SessionState, when: "always" | "unless-connected" = "always"): void {
    if (this.signal.aborted || (when === "unless-connected" && this.#state.kind === "connected"))
      return;
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
