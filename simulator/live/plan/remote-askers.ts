/** The clusters that `spec.kubeConfig` names, where they can be opened and their kubeconfig may be read; or why they can't be asked. */
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

export interface RemoteContext extends Pick<SimulationContext, "signal" | "openRemote"> {
  /** The cluster that has the Secrets. */
  readonly live: Live;
  readonly asker: Asker;
  readonly progress: NonNullable<AskerContext["onProgress"]>;
}

/** Each is opened once for a plan. The appliers have `spec.kubeConfig`. */
export function remoteAskers(
  context: RemoteContext,
): (applier: JsonObject) => Promise<RemoteTarget> {
  const { signal, progress } = context;
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
    const opening = opened.get(id) ?? open(secret, context).then(targetOf);
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
  secret: KubeconfigSecret,
  { live, asker, openRemote, signal }: RemoteContext,
): Promise<RemoteAnswer> {
  if (openRemote === undefined)
    return (await live.remote?.(secret, signal)) ?? refused("other clusters are not opened here");
  const { namespace, name, key } = secret;
  const title = `Secret ${namespace}/${name}`;
  const answer = await asker.read({ apiVersion: "v1", kind: "Secret", namespace, name });
  switch (answer.outcome) {
    case "absent":
    case "unknown-kind":
      return refused(`there is no ${title}`);
    case "forbidden":
      return refused(`you may not read ${title}`);
    case "lost":
      return refused(`${title} could not be read`);
    case "found":
      break;
  }
  const kubeconfig = kubeconfigIn(answer.object, key);
  if (kubeconfig === undefined)
    return refused(`${title} has no key ${key ?? "value or value.yaml"}`);
  const remote = await openRemote(kubeconfig);
  return remote === undefined
    ? refused(`the kubeconfig in ${title} can't be used here`)
    : { outcome: "opened", live: remote };
}

function refused(why: string): RemoteAnswer {
  return { outcome: "refused", why };
}

/** Keys that the controllers try (`fluxcd/pkg runtime/client/impersonator.go`). */
function kubeconfigIn(secret: object, key: string | undefined): string | undefined {
  const keys = key === undefined ? ["value", "value.yaml"] : [key];
  const value = keys.map((one) => textAt(secret, "data", one)).find((one) => one !== undefined);
  try {
    return value === undefined ? undefined : atob(value);
  } catch {
    return undefined;
  }
}
