/** Takes out of recorded texts what differs from run to run: temporary folders, ports, durations. */
import { helmRepositoryUrl, registryUrl } from "./scenario.ts";

export interface Places {
  readonly folder: string;
  readonly helmRepository: string;
  readonly registry: string;
}

/** Works on JSON text, so that it reaches every string of a value. */
export function normalised<Value>(value: Value, places: Places): Value {
  return JSON.parse(normalisedText(JSON.stringify(value), places)) as Value;
}

function normalisedText(text: string, { folder, helmRepository, registry }: Places): string {
  return text
    .replaceAll(helmRepository, helmRepositoryUrl)
    .replaceAll(registry, registryUrl)
    .replaceAll(registry.replace("oci://", ""), registryUrl.replace("oci://", ""))
    .replaceAll(
      new RegExp(`${escaped(folder)}/[^\\s'"\\\\:]*?/?(?=(kustomization|helmchart|chart)-)`, "g"),
      "<dir>/",
    )
    .replaceAll(folder, "<dir>")
    .replaceAll(/((?:kustomization|helmchart[\w.-]*?|chart)-)\d{6,}/g, "$1<n>")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
    .replaceAll(/(?<=[ (])(\d+m)?\d+(\.\d+)?(ms|s|µs)(?=[) ,."]|$)/g, "<duration>");
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
