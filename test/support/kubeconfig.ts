/** Kubeconfigs of one context, as they lie in Secrets that `spec.kubeConfig` names. */
import { stringify } from "yaml";

export function kubeconfigText(cluster: object, user: object = { token: "t" }): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
    contexts: [{ name: "remote", context: { cluster: "c", user: "u" } }],
    "current-context": "remote",
  });
}
