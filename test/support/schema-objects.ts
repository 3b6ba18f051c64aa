/** Makes objects that more or less fit a schema, the same ones for the same seed: some valid, many broken in one place. */
import type { Schema } from "../../language-server/schema/schema.ts";

export interface ObjectMaker {
  /** `words` are texts that are likelier to mean something here. */
  value(schema: Schema, words: readonly string[]): unknown;
  pick<T>(list: readonly T[]): T;
}

const commonWords = [
  "",
  "a",
  "main",
  "abc-def",
  "app.example.com",
  "A_B",
  "1h",
  "10m",
  "5minutes",
  "https://example.com/x",
  "ssh://git@host/x",
  "oci://registry.example.com/x",
  "6.x",
  "/etc",
  "10.0.0.1",
  "true",
  "123",
  "v1",
  "*.example.com",
  "HTTP",
  "2025-01-31T12:00:00Z",
  "1Gi",
  "ü".repeat(5),
  "x".repeat(300),
];

/**
 * A linear congruential generator: what is random in a test has to be the same every time. `dense` sets every field and
 * uses the given words only.
 */
export function createObjectMaker(seed: number, { dense } = { dense: false }): ObjectMaker {
  let state = seed;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

  const text = (schema: Schema, words: readonly string[]): string => {
    if (schema.format === "date-time") return "2025-01-31T12:00:00Z";
    const all = (dense || random() < 0.6) && words.length > 0 ? words : commonWords;
    const fitting =
      schema.pattern === undefined || random() < 0.15
        ? all
        : [...words, ...commonWords].filter((word) => matches(schema.pattern ?? "", word));
    return pick(fitting.length > 0 ? fitting : all);
  };

  const object = (schema: Schema, words: readonly string[]): Readonly<Record<string, unknown>> => {
    const made: Record<string, unknown> = {};
    if (schema.additional !== undefined) {
      const count = Math.floor(random() * 3);
      for (let index = 0; index < count; index++)
        made[pick(["k", "a.b/c", "x-y", "Key", "-no-", `${"p".repeat(260)}/k`])] = value(
          schema.additional,
          words,
        );
      return made;
    }
    const density = dense ? 1.3 : random();
    for (const [name, below] of Object.entries(schema.properties ?? {})) {
      const wanted = schema.required?.includes(name) === true ? 0.97 : density * 0.7;
      if (random() < wanted) made[name] = value(below, words);
    }
    if (random() < 0.02) made["unknownField"] = 1;
    return made;
  };

  const value = (schema: Schema, words: readonly string[]): unknown => {
    if (random() < 0.02) return pick([null, 1, "x", true, [], {}, 1.5, -1]);
    if (schema.enum !== undefined && random() < 0.9) return pick(schema.enum);
    if (schema.intOrString === true) return pick([1, "50%", "http", 0]);
    switch (schema.type) {
      case "string":
        return text(schema, words);
      case "integer":
        return pick([0, 1, 1, 2, 2, 5, 80, 443, 30_000, -1, 100_000, 3_000_000_000]);
      case "number":
        return pick([0, 1, 1.5, -2]);
      case "boolean":
        return random() < 0.5;
      case "array":
        return Array.from({ length: Math.floor(random() * 4) }, () =>
          value(schema.items ?? {}, words),
        );
      case "object":
        return object(schema, words);
      case undefined:
      default:
        return pick([{ a: 1 }, "x", 1]);
    }
  };
  return { value, pick };
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}
