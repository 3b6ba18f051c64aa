/** What tests of questions share: texts of objects, a custom resource with every sort of list, and somebody who may only read. */
import { parse } from "yaml";

import type { JsonObject, Live } from "#simulator";
import { askLive } from "../../../simulator/live/ask/ask.ts";
import { createLiveMemory } from "../../../simulator/live/ask/memory.ts";
import type { Arrivals, LiveAnswer, LiveQuestion } from "../../../simulator/live/question.ts";
import { canonicalJson } from "../../../simulator/manifest/json.ts";

export const ours = "kustomize-controller";
export const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.test }
spec:
  group: example.test
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, listKind: WidgetList }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                size: { type: integer, default: 3 }
                color:
                  type: string
                  x-kubernetes-validations: [{ rule: self == oldSelf, message: color stays }]
                parts:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [id]
                  items: { type: object, required: [id], properties: { id: { type: string }, weight: { type: integer } } }
                tags: { type: array, items: { type: string } }
                marks: { type: array, x-kubernetes-list-type: set, items: { type: string } }
`;

export const nothingArrives: Arrivals = { kinds: new Set(), namespaces: new Set() };

export function question(text: string, more: Partial<LiveQuestion> = {}): LiveQuestion {
  const object = parse(text) as JsonObject;
  const { kind, metadata } = object as { kind: string; metadata: { name: string } };
  return {
    id: `a|${kind}/${metadata.name}`,
    object,
    json: canonicalJson(object),
    manager: ours,
    recreates: false,
    ask: "dry-run",
    state: "1",
    ...more,
  };
}

export async function answerOf(
  live: Live,
  asked: LiveQuestion,
  arrivals: Arrivals = nothingArrives,
): Promise<LiveAnswer> {
  const answers = await askLive(live, [asked], { arrivals, memory: createLiveMemory() });
  const answer = answers.get(asked.id);
  if (answer === undefined) throw new Error("no answer");
  return answer;
}

/** The same cluster for somebody who may read and no more. */
export function readOnly(live: Live): Live {
  return {
    name: "read-only",
    request: (request, signal) =>
      request.verb === "get"
        ? live.request(request, signal)
        : Promise.resolve({
            status: 403,
            body: JSON.stringify({ message: 'User "a" cannot patch resource "b" in API group ""' }),
          }),
  };
}

export const deployment = (name: string, spec: string, metadata = ""): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: default${metadata} }
spec:
  selector: { matchLabels: { app: a } }
  ${spec}
`;
export const pods = (containers: string): string =>
  `template: { metadata: { labels: { app: a } }, spec: { containers: [${containers}] } }`;
export const configMap = (name: string, data: string, metadata = ""): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: default${metadata} }
data: ${data}
`;
export const widget = (name: string, spec: string): string => `
apiVersion: example.test/v1
kind: Widget
metadata: { name: ${name}, namespace: default }
spec: ${spec}
`;
