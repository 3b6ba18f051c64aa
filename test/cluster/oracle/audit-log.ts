/**
 * What the API server wrote down: which objects the controllers wrote to, and everything that the user of the prediction sent. The log says
 * which object it was, snapshots say what became of it.
 */
import { writeFileSync } from "node:fs";

import type { Live } from "#simulator";
import { servedKinds } from "../../../simulator/live/ask/kinds.ts";
import { auditEvents, isHelmStorage } from "../harness/audit-events.ts";

/** Who predicts: `dev` of the test cluster, who has all rights in these tests. */
const predictor = "dev";
const controllers = ["kustomize-controller", "helm-controller", "flux-operator"];

const policy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    resources: [{group: coordination.k8s.io}, {group: "", resources: [events]}, {group: events.k8s.io}]
  - level: Metadata
    users: [${predictor}]
  - level: Metadata
    users: [${controllers.join(", ")}]
    verbs: [create, patch, update, delete, deletecollection]
  - level: None
`;

/** Flags of kube-apiserver; `log` is written to. */
export function auditFlags(policyFile: string, log: string): readonly string[] {
  writeFileSync(policyFile, policy);
  return [
    `--audit-policy-file=${policyFile}`,
    `--audit-log-path=${log}`,
    "--audit-log-mode=blocking",
  ];
}

/** `group/Kind/namespace/name` of every object that a controller wrote to with success; status and its own records left out. */
export async function writtenByControllers(
  log: string,
  from: number,
  live: Live,
): Promise<ReadonlySet<string>> {
  const kinds = await servedKinds(live, undefined);
  if (kinds.outcome !== "known") throw new Error(kinds.message);
  const byPlural = new Map(
    [...kinds.versions.values()].map((kind) => [`${kind.group}/${kind.plural}`, kind]),
  );
  const written = new Set<string>();
  for (const event of auditEvents(log, from)) {
    const { user, verb, objectRef, requestURI, responseStatus } = event;
    if (!controllers.includes(user.username) || objectRef === undefined) continue;
    if (isRead(verb)) continue;
    if (objectRef.subresource !== undefined || requestURI.includes("dryRun=All")) continue;
    if ((responseStatus?.code ?? 500) >= 300 || isHelmStorage(event)) continue;
    const { apiGroup = "", resource, namespace = "", name = "" } = objectRef;
    const kind = byPlural.get(`${apiGroup}/${resource}`);
    const scope = kind?.namespaced === false ? "" : namespace;
    written.add(`${apiGroup}/${kind?.kind ?? resource}/${scope}/${name}`);
  }
  return written;
}

/** Requests of the prediction by what they are: `get`, `list`, `patch dryRun` and so on. */
export function sentByPredictor(log: string, from: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { user, verb, requestURI, objectRef } of auditEvents(log, from)) {
    if (user.username !== predictor) continue;
    const query = new URL(requestURI, "http://a").searchParams;
    const isDry = query.getAll("dryRun").join() === "All";
    const asksOnly = objectRef?.resource === "selfsubjectaccessreviews";
    const what = isRead(verb) || asksOnly ? "read" : `${verb}${isDry ? " dryRun=All" : ""}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

function isRead(verb: string): boolean {
  return verb === "get" || verb === "list" || verb === "watch";
}
