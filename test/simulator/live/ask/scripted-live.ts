/** An API server that a test scripts: it serves discovery by itself, and asks the script for everything else. */
import type { LiveQuestion } from "../../../../simulator/live/question.ts";
import { canonicalJson } from "../../../../simulator/manifest/json.ts";
import type { JsonObject } from "../../../../simulator/manifest/json.ts";
import type { Live, LiveRequest, LiveResponse } from "../../../../simulator/ports.ts";

type Respond = (request: LiveRequest) => LiveResponse;

/** `around` decides when an answer comes. Discovery is not counted. */
export function scriptedLive(
  respond: Respond,
  around: (answer: () => LiveResponse) => Promise<LiveResponse> = (answer) =>
    Promise.resolve(answer()),
): Live {
  return {
    name: "scripted",
    request: (request) => {
      if (request.path === "/api" || request.path === "/apis")
        return Promise.resolve(answerWith(discovery(request.path)));
      return around(() => respond(request));
    },
  };
}

function discovery(path: string): JsonObject {
  const group = (name: string, version: string, kinds: readonly (readonly [string, string])[]) => ({
    metadata: { name },
    versions: [
      {
        version,
        resources: kinds.map(([kind, resource]) => ({
          resource,
          responseKind: { kind },
          scope: "Namespaced",
        })),
      },
    ],
  });
  const core = group("", "v1", [
    ["ConfigMap", "configmaps"],
    ["Secret", "secrets"],
  ]);
  const items = path === "/api" ? [core] : [group("apps", "v1", [["Deployment", "deployments"]])];
  return { kind: "APIGroupDiscoveryList", items };
}

export function answerWith(object: object): LiveResponse {
  return { status: 200, body: JSON.stringify(object) };
}

export function status(code: number, message: string, kind?: string): LiveResponse {
  const details = kind === undefined ? {} : { details: { kind } };
  return { status: code, body: JSON.stringify({ kind: "Status", message, ...details }) };
}

export function configMap(
  name: string,
  data: Readonly<Record<string, string>>,
  metadata: JsonObject = {},
): JsonObject & { readonly metadata: JsonObject } {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default", ...metadata },
    data,
  };
}

export function question(object: JsonObject, more: Partial<LiveQuestion> = {}): LiveQuestion {
  const { kind, metadata } = object as { kind: string; metadata: { name: string } };
  return {
    id: `k|${kind}/${metadata.name}`,
    object,
    json: canonicalJson(object),
    manager: "kustomize-controller",
    recreates: false,
    ask: "dry-run",
    state: "1",
    ...more,
  };
}
