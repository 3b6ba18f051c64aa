/** The user's clusters: kubeconfig, credentials, requests, and the `Live` port on them. Nothing is contacted by being imported. */
export {
  ConnectionError,
  StatusError,
  isStatus,
  type ConnectionProblem,
} from "./connection-error.ts";
export { KubeApi, statusErrorOf, type ApiRequest, type Connect } from "./kube-api.ts";
export type { Endpoint } from "./kube-client.ts";
export { kubeconfigFiles, readKubeconfig } from "./kubeconfig.ts";
export type { KubeContext, Kubeconfig, KubeconfigProblem } from "./kubeconfig.ts";
export { openContext, type ContextTarget } from "./open-context.ts";
export { loadKubeClient, type KubeClient } from "./load-kube-client.ts";
export { createLive, type OpenLive } from "./create-live.ts";
export { RemoteLives } from "./remote-lives.ts";
export { liveOn } from "./live-on.ts";
