/** `sluice publish --diff`: what clusters that follow the tag would get, against the artifact that the tag leads to now. */
import { relative, resolve, sep } from "node:path";

import type { FileTree, Plan, PublicationBase } from "#simulator";
import { simulatePublication } from "#simulator";
import { findRepository, unpackLayer } from "#simulator/node";
import type { CurrentArtifact, MadeArtifact } from "#simulator/node/publish";

import type { CommandLine } from "../command-line.ts";
import type { OptionName } from "../options.ts";
import { printable } from "../print/printable.ts";
import type { Style } from "../print/style.ts";
import { readRequest } from "../request.ts";
import type { Request } from "../request.ts";
import { printPlan } from "./print-plan.ts";
import type { Session, VerbContext } from "./verb.ts";

export interface PublishPlanContext {
  readonly open: (request: Request) => Promise<Session>;
  /** Where the plan goes. */
  readonly print: VerbContext["print"];
  readonly style: Style;
  readonly report: (text: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/** True when `--fail-on` says that it is not to be published. Throws a `UserError`. */
export async function planPublication(
  line: CommandLine,
  path: string,
  made: MadeArtifact,
  current: CurrentArtifact,
  context: PublishPlanContext,
): Promise<boolean> {
  const { root, below } = await placeOf(path);
  const request = requestFor(line, root, below === undefined ? "check" : "diff");
  const session = await context.open(request);
  try {
    for (const note of session.notes) await context.report(`note: ${printable(note)}\n`);
    await context.report(`note: ${printable(comparedWith(made, current))}\n`);
    const plan = await planOf(session, made, current, below, context);
    const code = await printPlan({ ...context, request }, plan);
    return line.given.has("fail-on") && code !== 0;
  } finally {
    await session.close();
  }
}

/** The repository that the folder is in, or the folder itself. */
async function placeOf(
  path: string,
): Promise<{ readonly root: string; readonly below: string | undefined }> {
  const place = await findRepository(path);
  if (place === undefined || place.bare) return { root: path, below: undefined };
  return { root: place.root, below: relative(place.root, resolve(path)).split(sep).join("/") };
}

/** The options of `sluice diff` that a publication has too. */
const shared = [
  ...["fail-on", "risk", "flux-version", "kube-version", "age-key-file"],
  ...["allow-private-network", "cache-dir"],
] as const satisfies readonly OptionName[];

/** Outside of a repository there is no HEAD, which `diff` wants to have. */
function requestFor({ given }: CommandLine, root: string, verb: "check" | "diff"): Request {
  const own = shared.flatMap((name) => {
    const values = given.get(name);
    return values === undefined ? [] : [[name, values] as const];
  });
  const line = { verb: "diff", operand: root, given: new Map(own) } as const;
  // Read as those of `diff` in any case: --fail-on of `check` has other words.
  return { ...readRequest("diff", line), verb };
}

async function planOf(
  { simulator, options, target, base }: Session,
  made: MadeArtifact,
  current: CurrentArtifact,
  below: string | undefined,
  { signal }: PublishPlanContext,
): Promise<Plan> {
  const { published, layer } = made;
  const url = `oci://${published.repository}`;
  const after = await unpackLayer(layer, below === "" ? target.label : (below ?? "files"), signal);
  const before = await baseOf(base, made, current, signal);
  const publication = { url, tag: published.tag, path: below ?? "", after, before };
  const sides = await simulatePublication(simulator, target, options, publication, { signal });
  const isKnown = current.state !== "unreadable" || base !== undefined;
  return simulator.plan(isKnown ? sides.base : undefined, sides.target, signal);
}

async function baseOf(
  base: FileTree | undefined,
  { published }: MadeArtifact,
  current: CurrentArtifact,
  signal: AbortSignal,
): Promise<PublicationBase> {
  switch (current.state) {
    case "there": {
      const label = `oci://${published.repository}:${published.tag}`;
      return { kind: "artifact", tree: await unpackLayer(current.layer.bytes, label, signal) };
    }
    case "none":
      return { kind: "nothing" };
    case "unreadable":
      return base === undefined ? { kind: "nothing" } : { kind: "revision", tree: base };
  }
}

function comparedWith({ published }: MadeArtifact, current: CurrentArtifact): string {
  const place = `${published.repository}:${published.tag}`;
  switch (current.state) {
    case "there": {
      const same = current.layer.digest === published.layer.digest;
      const what = current.revision === undefined ? "" : `, which is ${current.revision}`;
      return `compared with what ${place} leads to now${what}.${same ? " The files are the same." : ""}`;
    }
    case "none":
      return `${place} leads to nothing yet, so everything is new.`;
    case "unreadable":
      return `what ${place} leads to can't be read, so HEAD is taken for it where there is one. ${current.message}`;
  }
}
