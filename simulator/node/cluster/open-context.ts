/** Entries of a kubeconfig to an address with credentials: runs the exec plugin of the user, if there is one. */
import { isObject } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import { ConnectionError } from "./connection-error.ts";
import { execCredential } from "./exec-credential.ts";
import type { Endpoint } from "./kube-client.ts";
import type { KubeClient } from "./load-kube-client.ts";

/** What a context of a kubeconfig names, as it stands there. */
export interface ContextTarget {
  readonly cluster: JsonObject;
  readonly user: JsonObject;
}

export interface OpenContextPorts {
  /** Called when `target` has an exec plugin, before it runs. */
  readonly signingIn: () => void;
  readonly client: () => Promise<KubeClient>;
}

export async function openContext(
  { cluster, user }: ContextTarget,
  ports: OpenContextPorts,
  signal: AbortSignal,
): Promise<Endpoint> {
  const exec = user["exec"];
  if (isObject(exec)) ports.signingIn();
  const credential = isObject(exec) ? await execCredential(exec, cluster, signal) : undefined;
  const { openEndpoint } = await ports.client();
  return openEndpoint(cluster, user, credential).catch((error: unknown) => {
    // Messages of file systems and of TLS name files, never their content.
    const text = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    throw new ConnectionError("kubeconfig", "The credentials of this context can't be used.", text);
  });
}
