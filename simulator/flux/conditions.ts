/** Conditions of live objects, read leniently: what a controller wrote is never trusted to have the right type. */
import type { JsonObject } from "../manifest/json.ts";
import { isObject, listAt, textAt } from "../manifest/json.ts";

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  /** 0 when the controller did not write one. */
  readonly observedGeneration: number;
  readonly lastTransitionTime?: string;
}

/** In the order in which the controller wrote them. */
export function conditionsOf(object: JsonObject): readonly Condition[] {
  return listAt(object, "status", "conditions").flatMap((item) => {
    const type = textAt(item, "type");
    const status = textAt(item, "status");
    if (type === undefined || (status !== "True" && status !== "False" && status !== "Unknown"))
      return [];
    const time = textAt(item, "lastTransitionTime");
    const generation = isObject(item) ? item["observedGeneration"] : undefined;
    return [
      {
        type,
        status,
        reason: textAt(item, "reason") ?? "",
        message: textAt(item, "message") ?? "",
        observedGeneration: typeof generation === "number" ? generation : 0,
        ...(time === undefined ? {} : { lastTransitionTime: time }),
      },
    ];
  });
}

export function findCondition(
  conditions: readonly Condition[],
  type: string,
): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}
