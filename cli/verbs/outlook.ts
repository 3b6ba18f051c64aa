/** `sluice outlook`: what follows once everything is applied: notifications, image automation, canaries. */
import { refTitle } from "#simulator";
import type { ClusterOutlook } from "#simulator";

import { documentText } from "../print/document.ts";
import { counted } from "../print/names.ts";
import { printableRecord } from "../print/printable.ts";
import { noRootsText } from "../print/problems-text.ts";
import type { Style } from "../print/style.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export async function outlook(context: VerbContext): Promise<ExitCode> {
  const { simulator, options, target } = context.session;
  const simulation = await simulator.simulate(target, options, context);
  await context.report(noRootsText(simulation.problems, context.reportStyle));
  const clusters = printableRecord(await simulator.outlook(simulation, context.signal));
  await context.print(printed(context, clusters));
  return clusters.some(hasErrors) ? 1 : 0;
}

function hasErrors({ problems, canaries }: ClusterOutlook): boolean {
  return [...problems, ...canaries.flatMap(({ plan }) => plan.problems)].some(
    ({ severity }) => severity === "error",
  );
}

function printed(
  { request, style }: VerbContext,
  clusters: readonly ClusterOutlook[],
): Iterable<string> {
  switch (request.format) {
    case "json":
    case "yaml":
      return [documentText({ clusters }, request.format)];
    default:
      return clusters.length === 0
        ? ["There is no Alert, Receiver, image automation or Canary.\n"]
        : clusters.flatMap((cluster) => [...clusterText(cluster, style)]);
  }
}

function* clusterText(cluster: ClusterOutlook, style: Style): Generator<string> {
  yield `${style.strong(`Cluster ${cluster.cluster}`)}\n`;
  yield* alertTexts(cluster, style);
  yield* receiverTexts(cluster, style);
  yield* imageTexts(cluster, style);
  yield* canaryTexts(cluster, style);
  for (const { severity, message } of cluster.problems) yield problemText(severity, message, style);
}

function* alertTexts({ alerts }: ClusterOutlook, style: Style): Generator<string> {
  for (const { alert, severity, sources, target, suspended } of alerts) {
    const what = severity === "error" ? "failures" : "all events";
    const where =
      target === undefined
        ? "nowhere"
        : [target.type, target.channel, target.host].filter(Boolean).join(" ");
    const state = suspended || target?.suspended === true ? style.attention(", suspended") : "";
    yield `  ${style.strong(refTitle(alert))}  ${what} of ${counted(sources.length, "object")} → ${where}${state}\n`;
    for (const source of sources) yield `    ${style.faint(refTitle(source))}\n`;
  }
}

function* receiverTexts({ receivers }: ClusterOutlook, style: Style): Generator<string> {
  for (const { receiver, type, events, resources, suspended } of receivers) {
    const when = events.length === 0 ? "any call" : events.join(", ");
    const state = suspended ? style.attention(", suspended") : "";
    yield `  ${style.strong(refTitle(receiver))}  ${type}: ${when} reconciles ${counted(resources.length, "object")}${state}\n`;
    for (const resource of resources) yield `    ${style.faint(refTitle(resource))}\n`;
  }
}

function* imageTexts({ images }: ClusterOutlook, style: Style): Generator<string> {
  for (const { policy, image, order, rule, filter } of images.policies) {
    const among = filter === undefined ? "" : ` among ${filter}`;
    yield `  ${style.strong(refTitle(policy))}  ${image ?? "an image that is not in the repository"}: ${order} ${rule}${among}\n`;
  }
  for (const { automation, repository, path, branch, policies, suspended } of images.automations) {
    const where = [path || "everything", ...(branch === undefined ? [] : [`branch ${branch}`])];
    const state = suspended ? style.attention(", suspended") : "";
    yield `  ${style.strong(refTitle(automation))}  writes ${counted(policies.length, "image")} to ${refTitle(repository)}, ${where.join(", ")}${state}\n`;
    for (const policy of policies) yield `    ${style.faint(refTitle(policy))}\n`;
  }
}

function* canaryTexts({ canaries }: ClusterOutlook, style: Style): Generator<string> {
  for (const { ref, plan } of canaries) {
    const after =
      plan.promotionAfter === undefined ? "" : `, promoted after ${plan.promotionAfter} s`;
    yield `  ${style.strong(refTitle(ref))}  ${plan.strategy}${after}\n`;
    for (const made of plan.generated) yield `    ${style.good(`+ ${refTitle(made)}`)}\n`;
    for (const { at, phase, weight } of plan.steps)
      yield `    ${style.faint(`${at} s`)}  ${phase}, ${weight} % of the traffic\n`;
    for (const { severity, message } of plan.problems) yield problemText(severity, message, style);
  }
}

function problemText(
  severity: "error" | "warning" | "information",
  message: string,
  style: Style,
): string {
  const mark = severity === "error" ? style.bad(severity) : style.attention(severity);
  return `  ${mark}: ${message}\n`;
}
