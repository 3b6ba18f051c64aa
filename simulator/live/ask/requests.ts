/** The requests that are made of a question, and nothing else: a read, and a server-side apply that is not carried out. */
import { objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { LiveRequest } from "../../ports.ts";
import type { LiveQuestion } from "../question.ts";

export function readRequest(path: string): LiveRequest {
  return { verb: "get", path };
}

/**
 * `ResourceManager.dryRunApply` of `fluxcd/pkg/ssa` and the apply of Helm force conflicts. The body is the question's own
 * text, so that numbers keep their digits.
 */
export function dryRunRequest(question: LiveQuestion, path: string): LiveRequest {
  const { manager } = question;
  return { verb: "dry-run", path, manager, force: true, body: bodyOf(question) };
}

/** The same object by another name: whether the server would accept it if nothing were there. */
export function probeRequest(question: LiveQuestion, path: string, name: string): LiveRequest {
  const { object, manager } = question;
  const metadata = { ...objectAt(object, "metadata"), name };
  const body = JSON.stringify({ ...object, metadata });
  return { verb: "dry-run", path, manager, force: true, body };
}

/** `RemoveCABundleFromCRD` of `fluxcd/pkg/ssa/utils`: newer servers refuse a definition whose bundle is no certificate. */
function bodyOf({ object, json }: LiveQuestion): string {
  const bundle = textAt(object, "spec", "conversion", "webhook", "clientConfig", "caBundle");
  if (object["kind"] !== "CustomResourceDefinition" || bundle === undefined) return json;
  return isCertificate(bundle) ? json : JSON.stringify(withoutBundle(object));
}

function isCertificate(bundle: string): boolean {
  try {
    return atob(bundle).includes("-----BEGIN CERTIFICATE-----");
  } catch {
    return false;
  }
}

function withoutBundle(object: JsonObject): JsonObject {
  const spec = objectAt(object, "spec");
  const conversion = objectAt(spec, "conversion");
  const webhook = objectAt(conversion, "webhook");
  const { caBundle: _, ...clientConfig } = objectAt(webhook, "clientConfig");
  return {
    ...object,
    spec: { ...spec, conversion: { ...conversion, webhook: { ...webhook, clientConfig } } },
  };
}
