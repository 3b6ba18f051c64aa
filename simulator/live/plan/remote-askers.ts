/** The clusters that `spec.kubeConfig` names, where somebody can open them and their kubeconfig may be read. */
import { textAt } from "../../manifest/json.ts";
import type { Live } from "../../ports.ts";
import type { SimulationContext } from "../../simulator.ts";
import type { Asker } from "./asker.ts";
import { createAsker } from "./live-asker.ts";
import type { SurveyContext } from "./survey.ts";

/** Each is opened once for a plan. */
export function remoteAskers(
  asker: Asker,
  { signal, openRemote }: SimulationContext,
): SurveyContext["remote"] {
  const opened = new Map<string, Promise<Asker | undefined>>();
  return async ({ object, spec }) => {
    const name = textAt(object, "spec", "kubeConfig", "secretRef", "name");
    if (name === undefined || openRemote === undefined) return undefined;
    const key = textAt(object, "spec", "kubeConfig", "secretRef", "key");
    const id = JSON.stringify([spec.namespace, name, key]);
    const known = opened.get(id);
    if (known !== undefined) return known;
    const opening = open();
    opened.set(id, opening);
    return opening;

    async function open(): Promise<Asker | undefined> {
      const ref = { apiVersion: "v1", kind: "Secret", namespace: spec.namespace, name: name ?? "" };
      const answer = await asker.read(ref);
      const kubeconfig = answer.outcome === "found" ? kubeconfigIn(answer.object, key) : undefined;
      const live: Live | undefined =
        kubeconfig === undefined ? undefined : await openRemote?.(kubeconfig);
      return live === undefined ? undefined : createAsker(live, { signal, facts: undefined });
    }
  };
}

/** Keys that the controllers try (`fluxcd/pkg runtime/client/impersonation.go`). */
function kubeconfigIn(secret: object, key: string | undefined): string | undefined {
  const keys = key === undefined ? ["value", "value.yaml"] : [key];
  const value = keys.map((one) => textAt(secret, "data", one)).find((one) => one !== undefined);
  try {
    return value === undefined ? undefined : atob(value);
  } catch {
    return undefined;
  }
}
