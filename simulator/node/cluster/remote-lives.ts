/**
 * The clusters that the Secrets of one cluster lead to. A Secret is read each time, because its credentials may be new; as long as it says the
 * same, the connection stays. The text of a kubeconfig does not leave this file but for the connection that is made of it.
 */
import { createHash } from "node:crypto";

import { objectAt, textAt } from "../../manifest/json.ts";
import type { KubeconfigSecret, Live } from "../../ports.ts";
import type { OpenLive } from "./create-live.ts";
import { openRemote } from "./remote-live.ts";
import type { OpenedRemote, RemoteNetwork } from "./remote-live.ts";

interface Open {
  readonly live: OpenLive;
  /** Of the kubeconfig, and of what was allowed. */
  readonly digest: string;
}

export class RemoteLives {
  readonly #home: Live;
  readonly #network: () => RemoteNetwork;
  readonly #open = new Map<string, Open>();
  #closed = false;

  constructor(home: Live, network: () => RemoteNetwork) {
    this.#home = home;
    this.#network = network;
  }

  /** The same object as before, where it is the same kubeconfig. Rejects only when cancelled. */
  async open(secret: KubeconfigSecret, signal: AbortSignal): Promise<OpenedRemote> {
    const read = await readSecret(this.#home, secret, signal);
    if ("why" in read) return { outcome: "refused", why: read.why };
    const network = this.#network();
    const key = JSON.stringify([secret.namespace, secret.name, secret.key]);
    const digest = digestOf(read.kubeconfig, network);
    const known = this.#open.get(key);
    if (known?.digest === digest) return { outcome: "opened", live: known.live };
    const opened = await openRemote(read.kubeconfig, nameOf(secret), network);
    signal.throwIfAborted();
    return this.#keep(key, digest, opened);
  }

  opened(): readonly OpenLive[] {
    return [...this.#open.values()].map(({ live }) => live);
  }

  /** Ends every connection; what is opened later is refused. */
  close(): void {
    this.#closed = true;
    for (const { live } of this.#open.values()) live.close();
    this.#open.clear();
  }

  /** Somebody else may have been quicker, or have closed everything. */
  #keep(key: string, digest: string, opened: OpenedRemote): OpenedRemote {
    const known = this.#open.get(key);
    if (opened.outcome === "opened" && known?.digest === digest) {
      opened.live.close();
      return { outcome: "opened", live: known.live };
    }
    known?.live.close();
    this.#open.delete(key);
    if (opened.outcome === "refused") return opened;
    if (this.#closed) {
      opened.live.close();
      return { outcome: "refused", why: "the connection has ended" };
    }
    this.#open.set(key, { live: opened.live, digest });
    return opened;
  }
}

function nameOf({ namespace, name }: KubeconfigSecret): string {
  return `the cluster of Secret ${namespace}/${name}`;
}

function digestOf(kubeconfig: string, { allowPrivateNetwork }: RemoteNetwork): string {
  return `${allowPrivateNetwork} ${createHash("sha256").update(kubeconfig).digest("hex")}`;
}

async function readSecret(
  home: Live,
  secret: KubeconfigSecret,
  signal: AbortSignal,
): Promise<{ readonly kubeconfig: string } | { readonly why: string }> {
  const [namespace, name] = [secret.namespace, secret.name].map(encodeURIComponent);
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const { status, body } = await home.request({ verb: "get", path }, signal);
  const title = `Secret ${secret.namespace}/${secret.name}`;
  if (status === 401 || status === 403) return { why: `you may not read ${title}` };
  if (status === 404) return { why: `there is no ${title}` };
  if (status !== 200) return { why: `${title} could not be read` };
  const kubeconfig = kubeconfigIn(objectAt(parsed(body), "data"), secret.key);
  return kubeconfig === undefined
    ? { why: `${title} has no key ${secret.key ?? "value or value.yaml"}` }
    : { kubeconfig };
}

/** Keys that the controllers try (`fluxcd/pkg runtime/client/impersonator.go`). */
function kubeconfigIn(data: object, key: string | undefined): string | undefined {
  const keys = key === undefined ? ["value", "value.yaml"] : [key];
  const value = keys.map((one) => textAt(data, one)).find((one) => one !== undefined);
  return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
