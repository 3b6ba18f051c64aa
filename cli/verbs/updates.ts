/** `sluice updates`: what image automation would commit next, from a file of tags. Nothing is written, no registry asked. */
import { readFile } from "node:fs/promises";

import { parse } from "yaml";

import {
  type AutomationUpdate,
  type ChosenImage,
  type FileTree,
  type ImageTags,
  type ImageUpdates,
  isObject,
  type JsonObject,
  type ObjectRef,
  planImageUpdates,
  refTitle,
  type Simulation,
} from "#simulator";

import { documentText } from "../print/document.ts";
import { printableRecord } from "../print/printable.ts";
import { countProblems } from "../print/problems-text.ts";
import type { Style } from "../print/style.ts";
import { UserError } from "../user-error.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

interface ClusterUpdates extends ImageUpdates {
  readonly cluster: string;
}

export async function updates(context: VerbContext): Promise<ExitCode> {
  const tags = await readTags(context.request.tags);
  const { simulator, engine, options, target } = context.session;
  const simulation = await simulator.simulate(target, options, context);
  const rendered = await simulator.rendered(
    simulation,
    { secrets: "omit", origins: false },
    context.signal,
  );
  const found: ClusterUpdates[] = [];
  for (const cluster of new Set(rendered.map((entry) => entry.cluster))) {
    const objects = rendered
      .filter((entry) => entry.cluster === cluster)
      .map(({ json }) => JSON.parse(json) as JsonObject);
    const treeOf = treeLookup(simulation, cluster, target);
    const world = { objects, tags, engine, treeOf };
    found.push({ cluster, ...(await planImageUpdates(world, context.signal)) });
  }
  await context.print(output(context, found));
  return code(simulation, found);
}

function code(simulation: Simulation, found: readonly ClusterUpdates[]): ExitCode {
  const different = found.some(
    ({ images, updates: planned }) =>
      images.some(({ failure }) => failure !== undefined) ||
      planned.some(({ changes, failure }) => changes.length > 0 || failure !== undefined),
  );
  return different || countProblems(simulation.problems).errors > 0 ? 1 : 0;
}

/** The source that the cluster itself starts from is the repository at hand. */
function treeLookup(
  simulation: Simulation,
  cluster: string,
  tree: FileTree,
): (repository: ObjectRef) => FileTree | undefined {
  const roots = new Set(
    simulation.appliers
      .filter((applier) => applier.cluster === cluster && applier.parent === undefined)
      .map(({ source }) => source),
  );
  return (repository) => (roots.has(refTitle(repository)) ? tree : undefined);
}

async function readTags(file: string | undefined): Promise<ImageTags> {
  if (file === undefined) {
    return new Map();
  }
  let content: unknown;
  try {
    content = parse(await readFile(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    throw new UserError(`--tags: ${file} can't be read. ${reason}`, { cause: error });
  }
  if (!isObject(content)) {
    throw new UserError(`--tags: ${file} must be a map of images to lists of tags.`);
  }
  return new Map(
    Object.entries(content).map(([image, list]) => {
      if (!Array.isArray(list)) {
        throw new UserError(`--tags: what ${file} says of ${image} is not a list.`);
      }
      return [image, list.map((each: unknown) => tagOf(each, image))];
    }),
  );
}

function tagOf(each: unknown, image: string): { readonly tag: string; readonly digest?: string } {
  if (isObject(each) && typeof each["tag"] === "string") {
    const { tag, digest } = each;
    return { tag, ...(typeof digest === "string" && { digest }) };
  }
  if (typeof each === "string" || typeof each === "number") {
    return { tag: String(each) };
  }
  throw new UserError(`--tags: a tag of ${image} is neither a text nor a map with tag and digest.`);
}

function output(
  { request, style }: VerbContext,
  found: readonly ClusterUpdates[],
): Iterable<string> {
  switch (request.format) {
    case "json":
    case "yaml":
      return [documentText({ clusters: found }, request.format)];
    default:
      return textOf(printableRecord(found), style);
  }
}

function* textOf(found: readonly ClusterUpdates[], style: Style): Generator<string> {
  if (found.every(({ images, updates: planned }) => images.length + planned.length === 0)) {
    yield "There are no ImagePolicies and no image automation.\n";
    return;
  }
  for (const { cluster, images, updates: planned } of found) {
    if (found.length > 1) yield `${style.strong(`Cluster ${cluster}`)}\n`;
    for (const image of images) yield imageText(image, style);
    for (const update of planned) yield* updateText(update, style);
  }
}

function imageText({ policy, image, tag, digest, failure }: ChosenImage, style: Style): string {
  const title = refTitle(policy);
  if (failure !== undefined) {
    return `${title}  ${style.attention(`no tag: ${failure}`)}\n`;
  }
  const whole = `${image ?? ""}:${tag ?? ""}${digest === undefined ? "" : `@${digest}`}`;
  return `${title}  ${style.accent(whole)}\n`;
}

function* updateText(update: AutomationUpdate, style: Style): Generator<string> {
  const suspended = update.suspended ? " (suspended)" : "";
  yield `${style.strong(refTitle(update.automation))}${suspended}\n`;
  if (update.failure !== undefined) {
    yield `  ${style.attention(update.failure)}\n`;
  } else if (update.changes.length === 0) {
    yield `  ${style.faint("nothing to change")}\n`;
  }
  for (const { path, setter, before, after } of update.changes) {
    yield `  ${path}  ${style.bad(before)} → ${style.good(after)}  ${style.faint(setter)}\n`;
  }
}
