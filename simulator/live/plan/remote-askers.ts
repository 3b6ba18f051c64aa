/** The clusters that `spec.kubeConfig` names, where the home cluster opens them (`Live.remote`); or why they can't be asked. */
import { textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { KubeconfigSecret, Live, RemoteAnswer } from "../../ports.ts";
import type { SimulationContext } from "../../simulator.ts";
import type { Asker } from "./asker.ts";
import { createAsker } from "./live-asker.ts";
import type { AskerContext } from "./live-asker.ts";

export type RemoteTarget =
  | { readonly asker: Asker }
  /** Why it can't be asked, as it follows "because". */
  | { readonly why: string };

export interface RemoteContext extends Pick<SimulationContext, "signal"> {
  /** The cluster that has the Secrets. */
  readonly live: Live;
  readonly progress: NonNullable<AskerContext["onProgress"]>;
}

/** Each is opened once for a plan. The appliers have `spec.kubeConfig`. */
export function remoteAskers(
  context: RemoteContext,
): (applier: JsonObject) => Promise<RemoteTarget> {
  const { live: home, signal, progress } = context;
  const opened = new Map<string, Promise<RemoteTarget>>();
  const askers = new Map<Live, Asker>();
  const targetOf = (answer: RemoteAnswer): RemoteTarget => {
    if (answer.outcome === "refused") return answer;
    const { live } = answer;
    const asker =
      askers.get(live) ?? createAsker(live, { signal, facts: undefined, onProgress: progress });
    askers.set(live, asker);
    return { asker };
  };
  return async (applier) => {
    const namespace = textAt(applier, "metadata", "namespace") ?? "";
    const name = textAt(applier, "spec", "kubeConfig", "secretRef", "name");
    if (name === undefined) return { why: withoutSecret(applier, namespace) };
    const key = textAt(applier, "spec", "kubeConfig", "secretRef", "key");
    const secret: KubeconfigSecret = { namespace, name, ...(key === undefined ? {} : { key }) };
    const id = JSON.stringify([namespace, name, key]);
    const opening = opened.get(id) ?? open(home, secret, signal).then(targetOf);
    opened.set(id, opening);
    return opening;
  };
}

/** Cloud providers and tokens of service accounts: the controller signs in as itself (`fluxcd/pkg auth/utils/restconfig.go`). */
function withoutSecret(applier: JsonObject, namespace: string): string {
  const name = textAt(applier, "spec", "kubeConfig", "configMapRef", "name");
  return name === undefined
    ? "no Secret with a kubeconfig is named"
    : `the controller signs in as itself with what ConfigMap ${namespace}/${name} says, which nobody else can`;
}

async function open(
  home: Live,
  secret: KubeconfigSecret,
  signal: AbortSignal | undefined,
): Promise<RemoteAnswer> {
  const answer = await home.remote?.(secret, signal);
  return answer ?? { outcome: "refused", why: "other clusters are not opened here" };
}
