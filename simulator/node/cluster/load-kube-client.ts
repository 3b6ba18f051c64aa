/** The Kubernetes client as a bundle of its own, which is read with the first connection. */
import type { ExecCredential } from "./exec-credential.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Endpoint } from "./kube-client.ts";

export interface KubeClient {
  readonly openEndpoint: (
    cluster: JsonObject,
    user: JsonObject,
    credential: ExecCredential | undefined,
  ) => Promise<Endpoint>;
}

export function loadKubeClient(): Promise<KubeClient> {
  return import("./kube-client.ts");
}
