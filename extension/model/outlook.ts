/**
 * The outlook as Markdown: who is told of what, what webhooks and image automation do, and the analysis of canaries, once the
 * working tree is pushed and applied.
 */
import type { ClusterOutlook, ObjectRef } from "#simulator";

import { codeSpan, escapeMarkdown } from "./markdown.ts";
import { count, objectName, severityText } from "./words.ts";

/** One open tree; `clusters` is absent while it is being simulated for the first time. */
export interface FolderOutlook {
  readonly name: string;
  readonly clusters?: readonly ClusterOutlook[];
}

/** More objects than these are counted, not named. */
const namedObjects = 20;
/** A timeline with more rows says the first and the last ones. */
const timelineRows = 24;

const introduction =
  "What follows once the working tree is pushed and applied. Nothing is sent or started here.";

export function outlookMarkdown(folders: readonly FolderOutlook[]): string {
  const sections = folders.flatMap((folder) => folderLines(folder, folders.length > 1));
  return `${["# Outlook", "", introduction, ...sections].join("\n").trimEnd()}\n`;
}

function folderLines({ name, clusters }: FolderOutlook, several: boolean): readonly string[] {
  const heading = several ? ["", `# ${escapeMarkdown(name)}`] : [];
  if (clusters === undefined) return [...heading, "", "The repository is still being read…"];
  if (clusters.length === 0)
    return [
      ...heading,
      "",
      "Nothing that is applied tells anybody, waits for a webhook, writes images or shifts traffic: there is no Alert, Receiver, image automation or Canary.",
    ];
  return [...heading, ...clusters.flatMap(clusterLines)];
}

function clusterLines(outlook: ClusterOutlook): readonly string[] {
  return [
    "",
    `## Cluster ${escapeMarkdown(outlook.cluster)}`,
    ...section("What can't work as it is", problemLines(outlook)),
    ...section("Alerts", outlook.alerts.flatMap(alertLines)),
    ...section("Receivers", outlook.receivers.flatMap(receiverLines)),
    ...section("Image automation", imageLines(outlook)),
    ...section("Canaries", outlook.canaries.flatMap(canaryLines)),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `### ${title}`, "", ...lines];
}

function problemLines({ problems, canaries }: ClusterOutlook): readonly string[] {
  const all = [
    ...problems,
    ...canaries.flatMap(({ ref, plan }) =>
      plan.problems.map((problem) => ({ ...problem, object: ref })),
    ),
  ];
  return all.map(
    ({ severity, message, object }) =>
      `- **${severityText(severity)}**, ${named(object)}: ${escapeMarkdown(message)}`,
  );
}

function alertLines({
  alert,
  severity,
  sources,
  target,
  only,
  except,
  suspended,
}: ClusterOutlook["alerts"][number]): readonly string[] {
  const what = severity === "error" ? "failures" : "all events";
  const where = target === undefined ? "**nowhere**" : targetText(target);
  const state = suspended || target?.suspended === true ? ", **suspended**" : "";
  return [
    `- ${named(alert)}: ${what} of ${count(sources.length, "object")} → ${where}${state}`,
    ...objectLines(sources),
    ...expressionLines("only messages that match", only),
    ...expressionLines("no messages that match", except),
  ];
}

function targetText({
  provider,
  type,
  channel,
  host,
  delivery,
}: NonNullable<ClusterOutlook["alerts"][number]["target"]>): string {
  const parts = [
    `${escapeMarkdown(type)} (${named(provider)})`,
    ...(channel === undefined ? [] : [`channel ${codeSpan(channel)}`]),
    ...(host === undefined ? [] : [`at ${codeSpan(host)}`]),
    ...(delivery === "message" ? [] : [`as a ${delivery}`]),
  ];
  return parts.join(", ");
}

function expressionLines(words: string, expressions: readonly string[]): readonly string[] {
  return expressions.length === 0
    ? []
    : [`  - ${words} ${expressions.map((text) => codeSpan(text)).join(", ")}`];
}

function receiverLines({
  receiver,
  type,
  events,
  resources,
  suspended,
}: ClusterOutlook["receivers"][number]): readonly string[] {
  const when = events.length === 0 ? "any call" : events.map((event) => codeSpan(event)).join(", ");
  const state = suspended ? ", **suspended**" : "";
  return [
    `- ${named(receiver)} (${escapeMarkdown(type)}): ${when} reconciles ${count(resources.length, "object")}${state}`,
    ...objectLines(resources),
  ];
}

function imageLines({ images }: ClusterOutlook): readonly string[] {
  const policies = images.policies.map(({ policy, image, order, rule, filter }) => {
    const what = image === undefined ? "an image that is not in the repository" : codeSpan(image);
    const among = filter === undefined ? "" : `, among tags that match ${codeSpan(filter)}`;
    return `- ${named(policy)}: ${what}, ${order} ${codeSpan(rule)}${among}`;
  });
  const automations = images.automations.flatMap((automation) => [
    `- ${named(automation.automation)} writes ${count(automation.policies.length, "image")} to ${writtenPlace(automation)}`,
    ...objectLines(automation.policies),
  ]);
  const hint =
    automations.length === 0
      ? []
      : ["", `With a list of tags ${codeSpan("sluice updates")} says what the next commit is.`];
  return [...policies, ...automations, ...hint];
}

function writtenPlace({
  repository,
  path,
  branch,
  suspended,
}: ClusterOutlook["images"]["automations"][number]): string {
  const parts = [
    named(repository),
    ...(path === "" ? [] : [`folder ${codeSpan(path)}`]),
    ...(branch === undefined ? [] : [`branch ${codeSpan(branch)}`]),
    ...(suspended ? ["**suspended**"] : []),
  ];
  return parts.join(", ");
}

function canaryLines({ ref, plan }: ClusterOutlook["canaries"][number]): readonly string[] {
  const times = [
    ...(plan.promotionAfter === undefined
      ? []
      : [`promoted after ${durationText(plan.promotionAfter)} when every check passes`]),
    ...(plan.rollbackAfter === undefined
      ? []
      : [`rolled back after ${durationText(plan.rollbackAfter)} when all fail`]),
  ];
  const checks = [...plan.metrics, ...plan.webhooks.map(({ name }) => name)];
  return [
    `#### ${escapeMarkdown(objectName(ref))}`,
    "",
    [plan.strategy, ...times].join(", "),
    ...(checks.length === 0 ? [] : ["", `Checks: ${checks.map((it) => codeSpan(it)).join(", ")}`]),
    ...(plan.generated.length === 0
      ? []
      : ["", "Flagger makes:", "", ...plan.generated.map((made) => `- ${named(made)}`)]),
    "",
    ...timelineLines(plan.steps),
    "",
  ];
}

function timelineLines(
  steps: ClusterOutlook["canaries"][number]["plan"]["steps"],
): readonly string[] {
  const row = ({ at, phase, weight }: (typeof steps)[number]): string =>
    `| ${durationText(at)} | ${phase} | ${weight} % |`;
  const shown =
    steps.length <= timelineRows
      ? steps.map(row)
      : [...steps.slice(0, timelineRows - 4).map(row), "| … | | |", ...steps.slice(-3).map(row)];
  return ["| After | Phase | Traffic of the new version |", "| ---: | --- | ---: |", ...shown];
}

function objectLines(refs: readonly ObjectRef[]): readonly string[] {
  const shown = refs.slice(0, namedObjects).map((ref) => `  - ${named(ref)}`);
  const more = refs.length - shown.length;
  return more > 0 ? [...shown, `  - and ${more} more`] : shown;
}

function named(ref: ObjectRef): string {
  return codeSpan(objectName(ref));
}

/** `90 s`, `5 min`, `1 h 30 min`. */
function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  if (minutes < 120) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  return minutes % 60 === 0
    ? `${minutes / 60} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
