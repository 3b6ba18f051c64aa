/**
 * The clusters that Secrets of connected clusters lead to (`spec.kubeConfig`), for comparing. Who asks gets a handle and never sees a
 * kubeconfig. Connections end with the session that they came from, and when nobody compares with its cluster any more.
 */
import type { KubeconfigSecret, LiveRequest, LiveResponse, RemoteAnswer } from "#simulator";
import { RemoteLives, liveOn } from "#simulator/cluster";
import type { KubeApi } from "#simulator/cluster";

export interface RemoteClustersPorts {
  /** The connection to a context, when there is one. */
  readonly session: (context: string) => RemoteHome | undefined;
  readonly trusted: () => boolean;
  readonly allowPrivateNetwork: () => boolean;
}

export interface RemoteHome {
  readonly api: KubeApi;
  readonly signal: AbortSignal;
}

export type RemoteHandle =
  | { readonly outcome: "opened"; readonly remote: string; readonly name: string }
  | Extract<RemoteAnswer, { readonly outcome: "refused" }>;

interface Home {
  readonly session: RemoteHome;
  readonly lives: RemoteLives;
}

export class RemoteClusters {
  readonly #ports: RemoteClustersPorts;
  readonly #homes = new Map<string, Home>();
  readonly #handles = new WeakMap<object, string>();
  #opened = 0;

  constructor(ports: RemoteClustersPorts) {
    this.#ports = ports;
  }

  /** The same handle as long as the Secret says the same. Rejects only when cancelled. */
  async open(
    context: string,
    secret: KubeconfigSecret,
    signal: AbortSignal,
  ): Promise<RemoteHandle> {
    const home = this.#homeOf(context);
    if (home === undefined)
      return { outcome: "refused", why: `there is no connection to ${context}` };
    const opened = await home.lives.open(secret, signal);
    if (opened.outcome === "refused") return opened;
    const { live } = opened;
    return { outcome: "opened", remote: this.#handleOf(live), name: live.name };
  }

  /** A handle is good for the context only that it was given for. */
  async ask(
    { context, remote }: { readonly context: string; readonly remote: string },
    request: LiveRequest,
    signal: AbortSignal,
  ): Promise<LiveResponse> {
    const lives = this.#homes.get(context)?.lives.opened() ?? [];
    const live = lives.find((one) => this.#handles.get(one) === remote);
    return live === undefined
      ? { status: 0, body: "The connection to that cluster has ended." }
      : live.request(request, signal);
  }

  /** Ends what does not belong to this context; without one, everything. */
  closeOthers(context?: string): void {
    for (const [name, { lives }] of this.#homes) {
      if (name === context) continue;
      this.#homes.delete(name);
      lives.close();
    }
  }

  #homeOf(context: string): Home | undefined {
    const session = this.#ports.trusted() ? this.#ports.session(context) : undefined;
    const known = this.#homes.get(context);
    if (known !== undefined && known.session === session) return known;
    known?.lives.close();
    this.#homes.delete(context);
    if (session === undefined) return undefined;
    const lives = new RemoteLives(liveOn(context, session.api), () => ({
      allowPrivateNetwork: this.#ports.allowPrivateNetwork(),
    }));
    const home = { session, lives };
    this.#homes.set(context, home);
    session.signal.addEventListener(
      "abort",
      () => {
        lives.close();
        if (this.#homes.get(context) === home) this.#homes.delete(context);
      },
      { once: true },
    );
    return home;
  }

  #handleOf(live: object): string {
    const known = this.#handles.get(live);
    if (known !== undefined) return known;
    const handle = `remote-${++this.#opened}`;
    this.#handles.set(live, handle);
    return handle;
  }
}
