/** Objects as people may see them: secrets digested, wherever the values went. */
import { maskSecret } from "../diff/mask.ts";
import { isObject, objectAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { RenderResult } from "../engine/protocol.ts";
import type { RenderContext } from "../render/context.ts";
import { inventoryOf } from "../render/inventory.ts";
import { buildInMode } from "../render/build.ts";
import type { Built } from "../render/node.ts";
import { parsed } from "../render/objects.ts";
import type { Scope } from "../render/objects.ts";

export type PresentContext = Pick<RenderContext, "memory" | "signal">;

/** Whether values of Secrets can be anywhere in this build's output. */
export function holdsSecrets(built: Built): boolean {
  const { question } = built;
  if (question.call === "generator" || question.call === "instance") return false;
  if (question.request.objects.some(({ kind }) => kind === "Secret")) return true;
  if (question.call === "helm") {
    const { lookups, previous } = question.request;
    return (
      lookups.some(({ key }) => key.includes("/Secret/")) ||
      previous?.kept?.objects.some(({ kind }) => kind === "Secret") === true
    );
  }
  return (
    question.call === "kustomize" &&
    isObject(objectAt(question.request.kustomization, "spec")["decryption"])
  );
}

/** The objects of a build for showing, by object id. Objects that can't be masked safely are left out. */
export async function presentable(
  built: Built,
  scopes: ReadonlyMap<string, Scope>,
  context: PresentContext,
): Promise<ReadonlyMap<string, JsonObject>> {
  const result: RenderResult = holdsSecrets(built)
    ? await buildInMode(built, "masked", context)
    : built.result;
  const items = inventoryOf(result, scopes);
  const masked = await Promise.all(
    items.map(async ({ id, object }) => [id, await maskSecret(parsed(object))] as const),
  );
  return new Map(masked);
}
