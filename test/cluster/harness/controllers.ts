/** The Flux controllers as plain programs, with every address on loopback and short pauses between tries. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { binary } from "./parts.ts";
import type { Program } from "./process.ts";

export type ControllerName =
  | "source-controller"
  | "kustomize-controller"
  | "helm-controller"
  | "notification-controller"
  | "flux-operator";

export interface ControllerOptions {
  readonly name: ControllerName;
  readonly kubeconfig: string;
  readonly folder: string;
  /** As many as `portsOf` says. */
  readonly ports: readonly number[];
  readonly featureGates: Readonly<Record<string, boolean>>;
  readonly flags: readonly string[];
}

/** Metrics and health for all; then artifacts, or events and webhooks. */
export function portsOf(name: ControllerName): number {
  const more = { "source-controller": 1, "notification-controller": 2 } as const;
  return 2 + (name in more ? more[name as keyof typeof more] : 0);
}

export function controller(options: ControllerOptions): Program {
  const [metrics = 0, health = 0] = options.ports;
  const gates = Object.entries(options.featureGates).map(([name, value]) => `${name}=${value}`);
  return {
    name: options.name,
    command: binary(options.name),
    args: [
      ...["--enable-leader-election=false", "--log-encoding=json"],
      ...["--concurrent=6", "--min-retry-delay=100ms"],
      ...[`--metrics-addr=127.0.0.1:${metrics}`, `--health-addr=127.0.0.1:${health}`],
      ...(gates.length === 0 ? [] : [`--feature-gates=${gates.join(",")}`]),
      ...ownFlags(options),
      ...options.flags,
    ],
    env: {
      KUBECONFIG: options.kubeconfig,
      RUNTIME_NAMESPACE: "flux-system",
      // Without an index in the user's home the Helm libraries would look there.
      XDG_CACHE_HOME: join(options.folder, "cache"),
      // flux-operator starts only where Go's cryptography is in this mode.
      ...(options.name === "flux-operator" ? { GODEBUG: "fips140=on" } : {}),
    },
    isReady: async () => {
      try {
        const answer = await fetch(`http://127.0.0.1:${health}/readyz`);
        await answer.body?.cancel();
        return answer.ok;
      } catch {
        return false;
      }
    },
  };
}

/** What all controllers of Flux itself know. */
const fluxFlags = ["--watch-all-namespaces", "--kube-api-qps=500", "--kube-api-burst=1000"];

function ownFlags({ name, folder, ports }: ControllerOptions): readonly string[] {
  const [, , first = 0, second = 0] = ports;
  switch (name) {
    case "source-controller": {
      const storage = join(folder, "artifacts");
      mkdirSync(storage, { recursive: true });
      const address = `127.0.0.1:${first}`;
      return [
        ...fluxFlags,
        ...["--events-addr=", "--requeue-dependency=1s", `--storage-path=${storage}`],
        ...[`--storage-addr=${address}`, `--storage-adv-addr=${address}`],
      ];
    }
    case "kustomize-controller":
    case "helm-controller":
      return [...fluxFlags, "--events-addr=", "--requeue-dependency=1s"];
    case "notification-controller":
      return [
        ...fluxFlags,
        ...[`--events-addr=127.0.0.1:${first}`, `--receiverAddr=127.0.0.1:${second}`],
      ];
    case "flux-operator":
      return ["--requeue-dependency=1s", "--web-server-port=0", `--storage-path=${folder}`];
  }
}
