/** etcd and kube-apiserver as plain programs: etcd on a Unix socket, the API server on loopback with the throw-away PKI. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { KubeApi } from "./kube-api.ts";
import { binary } from "./parts.ts";
import type { Program } from "./process.ts";

const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    resources: [{group: coordination.k8s.io}, {group: "", resources: [events]}, {group: events.k8s.io}]
  - level: Request
    users: [kustomize-controller, helm-controller]
    verbs: [create, patch, update, delete, deletecollection]
  - level: None
`;

export const auditLog = "audit.log";

/** The socket is called `client:1` in the working directory: etcd takes no path but wants a host and a port. */
export function etcd(folder: string): Program {
  return {
    name: "etcd",
    command: binary("etcd"),
    args: [
      ...["--data-dir", "data"],
      ...["--listen-client-urls", "unix://client:1", "--advertise-client-urls", "unix://client:1"],
      ...["--listen-peer-urls", "unix://peer:1", "--initial-advertise-peer-urls", "unix://peer:1"],
      ...["--initial-cluster", "default=unix://peer:1", "--unsafe-no-fsync"],
      ...["--quota-backend-bytes", "4000000000"],
    ],
    isReady: () => Promise.resolve(existsSync(join(folder, "client:1"))),
  };
}

export interface ApiServerOptions {
  readonly port: number;
  readonly pki: string;
  /** Folder that it runs in, the same as etcd's. */
  readonly folder: string;
  /** Record what the controllers write (`auditLog` in the folder). */
  readonly audit: boolean;
  readonly flags: readonly string[];
}

export function apiServer(options: ApiServerOptions, api: KubeApi): Program {
  const inPki = (file: string): string => join(options.pki, file);
  const policy = join(options.folder, "audit-policy.yaml");
  if (options.audit) writeFileSync(policy, auditPolicy);
  const audit = [
    `--audit-policy-file=${policy}`,
    `--audit-log-path=${join(options.folder, auditLog)}`,
    "--audit-log-mode=blocking",
  ];
  return {
    name: "kube-apiserver",
    command: binary("kube-apiserver"),
    args: [
      ...["--etcd-servers=unix://client:1", "--bind-address=127.0.0.1"],
      ...["--advertise-address=127.0.0.1", `--secure-port=${options.port}`],
      `--tls-cert-file=${inPki("apiserver.crt")}`,
      `--tls-private-key-file=${inPki("apiserver.key")}`,
      `--client-ca-file=${inPki("ca.crt")}`,
      `--token-auth-file=${inPki("tokens.csv")}`,
      ...["--authorization-mode=RBAC", "--anonymous-auth=false"],
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${inPki("sa.pub")}`,
      `--service-account-signing-key-file=${inPki("sa.key")}`,
      "--service-cluster-ip-range=10.0.0.0/16",
      ...["--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none"],
      ...[`--cert-dir=${options.folder}`, "--profiling=false", "--allow-privileged=true"],
      ...(options.audit ? audit : []),
      ...options.flags,
    ],
    isReady: async () => {
      try {
        // It makes the namespace by itself, some time after it says that it is ready.
        for (const path of ["/readyz", "/api/v1/namespaces/default"])
          if ((await api.request("GET", path)).status !== 200) return false;
        return true;
      } catch {
        return false;
      }
    },
  };
}
