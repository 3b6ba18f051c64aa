/**
 * API versions that Kubernetes serves no more, and since when (`https://kubernetes.io/docs/reference/using-api/deprecation-guide/`).
 * A list of facts for whoever has no schemas at hand.
 */

export interface RemovedApi {
  /** The minor that no longer serves it: `1.25`. */
  readonly since: string;
  /** What to write instead; absent when there is nothing of the kind any more. */
  readonly replacement?: string;
}

/** `undefined` for what is served as far as is known. */
export function removedApi(apiVersion: string, kind: string): RemovedApi | undefined {
  return removed.get(`${apiVersion} ${kind}`);
}

/** Whether a version of Kubernetes, `1.34` or `1.34.2`, is as new as a minor. */
export function isAtLeast(version: string, minor: string): boolean {
  const [major = 0, number = 0] = version.replace(/^v/, "").split(".").map(Number);
  const [wantedMajor = 0, wanted = 0] = minor.split(".").map(Number);
  return major === wantedMajor ? number >= wanted : major > wantedMajor;
}

/**
 * A line for each: since when, the version that is gone, its kinds, and after an arrow the version to write instead; without one
 * there is none.
 */
const table = `
1.16 extensions/v1beta1 DaemonSet Deployment ReplicaSet -> apps/v1
1.16 extensions/v1beta1 NetworkPolicy -> networking.k8s.io/v1
1.16 extensions/v1beta1 PodSecurityPolicy
1.16 apps/v1beta1 Deployment StatefulSet ControllerRevision -> apps/v1
1.16 apps/v1beta2 DaemonSet Deployment ReplicaSet StatefulSet ControllerRevision -> apps/v1
1.22 admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration ValidatingWebhookConfiguration -> admissionregistration.k8s.io/v1
1.22 apiextensions.k8s.io/v1beta1 CustomResourceDefinition -> apiextensions.k8s.io/v1
1.22 apiregistration.k8s.io/v1beta1 APIService -> apiregistration.k8s.io/v1
1.22 certificates.k8s.io/v1beta1 CertificateSigningRequest -> certificates.k8s.io/v1
1.22 coordination.k8s.io/v1beta1 Lease -> coordination.k8s.io/v1
1.22 extensions/v1beta1 Ingress -> networking.k8s.io/v1
1.22 networking.k8s.io/v1beta1 Ingress IngressClass -> networking.k8s.io/v1
1.22 rbac.authorization.k8s.io/v1beta1 ClusterRole ClusterRoleBinding Role RoleBinding -> rbac.authorization.k8s.io/v1
1.22 rbac.authorization.k8s.io/v1alpha1 ClusterRole ClusterRoleBinding Role RoleBinding -> rbac.authorization.k8s.io/v1
1.22 scheduling.k8s.io/v1beta1 PriorityClass -> scheduling.k8s.io/v1
1.22 storage.k8s.io/v1beta1 CSIDriver CSINode StorageClass VolumeAttachment -> storage.k8s.io/v1
1.25 autoscaling/v2beta1 HorizontalPodAutoscaler -> autoscaling/v2
1.25 batch/v1beta1 CronJob -> batch/v1
1.25 discovery.k8s.io/v1beta1 EndpointSlice -> discovery.k8s.io/v1
1.25 events.k8s.io/v1beta1 Event -> events.k8s.io/v1
1.25 node.k8s.io/v1beta1 RuntimeClass -> node.k8s.io/v1
1.25 policy/v1beta1 PodDisruptionBudget -> policy/v1
1.25 policy/v1beta1 PodSecurityPolicy
1.26 autoscaling/v2beta2 HorizontalPodAutoscaler -> autoscaling/v2
1.26 flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema PriorityLevelConfiguration -> flowcontrol.apiserver.k8s.io/v1
1.27 storage.k8s.io/v1beta1 CSIStorageCapacity -> storage.k8s.io/v1
1.29 flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema PriorityLevelConfiguration -> flowcontrol.apiserver.k8s.io/v1
1.32 flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema PriorityLevelConfiguration -> flowcontrol.apiserver.k8s.io/v1
`;

const removed: ReadonlyMap<string, RemovedApi> = new Map(
  table
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [gone = "", replacement] = line.split(" -> ");
      const [since = "", apiVersion = "", ...kinds] = gone.split(" ");
      const api = { since, ...(replacement === undefined ? {} : { replacement }) };
      return kinds.map((kind) => [`${apiVersion} ${kind}`, api] as const);
    }),
);
