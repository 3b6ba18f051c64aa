/** `sluice merge`: the parts of a plan, each made on a machine of its own, as one plan. It simulates nothing. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Plan, PlanPart } from "#simulator";
import { isObject, listAt, mergePlans, objectAt } from "#simulator";

import type { CommandLine } from "../command-line.ts";
import { readPlanRequest } from "../request.ts";
import { UserError } from "../user-error.ts";
import { printPlan } from "./print-plan.ts";
import type { PlanPrinter } from "./print-plan.ts";
import type { ExitCode } from "./verb.ts";

/** Throws a `UserError` when the parts can't be read or do not belong together. */
export async function merge(
  line: CommandLine,
  printer: Omit<PlanPrinter, "request">,
): Promise<ExitCode> {
  const request = readPlanRequest(line);
  const folder = line.operand ?? ".";
  const names = await partNames(folder);
  const parts = await Promise.all(names.map((name) => readPart(folder, name)));
  const merged = mergePlans(parts);
  if (merged.outcome === "refused") throw new UserError(merged.message);
  return printPlan({ ...printer, request }, merged.plan);
}

async function partNames(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => {
    throw new UserError(`${folder} can't be read. Give the folder with the parts of the plan.`);
  });
  const names = entries.filter((name) => name.endsWith(".json")).sort();
  if (names.length > 0) return names;
  throw new UserError(`There is no *.json in ${folder}. sluice diff --shard 1/2 makes such parts.`);
}

async function readPart(folder: string, name: string): Promise<PlanPart> {
  const text = await readFile(join(folder, name), "utf8");
  const value = parsed(text);
  if (!isPart(value))
    throw new UserError(
      `${name} is no part of a plan. sluice diff --shard 1/2 makes such parts; keep other files out of the folder.`,
    );
  return { name, plan: value };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The shape is checked as far as merging relies on it; the rest is text that is made safe before it is printed. */
function isPart(value: unknown): value is Plan {
  if (!isObject(value)) return false;
  const shard = objectAt(value, "shard");
  const areLists = ["clusters", "problems", "oldProblems"].every((key) =>
    Array.isArray(value[key]),
  );
  const isSound =
    listAt(value, "clusters").every(
      (one) => isObject(one) && typeof one["name"] === "string" && Array.isArray(one["appliers"]),
    ) &&
    listAt(value, "problems").every(
      (one) =>
        isObject(one) && typeof one["code"] === "string" && typeof one["message"] === "string",
    );
  return (
    areLists &&
    isSound &&
    typeof value["target"] === "string" &&
    Number.isInteger(shard["index"]) &&
    Number.isInteger(shard["count"]) &&
    [listAt(shard, "images", "before"), listAt(shard, "images", "after")].every((one) =>
      one.every((image) => typeof image === "string"),
    ) &&
    Object.values(objectAt(shard, "images", "names")).every(
      (name) => Array.isArray(name) && typeof name[0] === "boolean" && typeof name[1] === "string",
    ) &&
    isObject(objectAt(shard, "images")["names"])
  );
}
